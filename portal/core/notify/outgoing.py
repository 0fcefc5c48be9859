"""POST to a receiver by the portal's one way out, and what its answer means for the outbox."""

import email.utils
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from portal.core.clock.services import now
from portal.core.notify.base import DeliveryFailed
from portal.core.secrets.reference import SecretRefused
from portal.core.secrets.resolving import resolve
from portal.core.web.outgoing import AddressRefused, Answer, CallFailed, call

LONGEST_ANSWER = 120


def post_json(url: str, payload: Any, headers: Mapping[str, str] | None = None) -> None:
    """POST a JSON document; raises DeliveryFailed unless the receiver answers 2xx."""
    post(url, json.dumps(payload, ensure_ascii=False).encode(), headers or {})


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """POST; 5xx and 429 and a lost connection may be tried again (Retry-After is honoured), anything else is final."""
    sent = {"Content-Type": "application/json", **headers}
    try:
        answer = call(url, body=body, headers=sent, allowed_private=settings.WEBHOOK_PRIVATE_HOSTS)
    except (AddressRefused, CallFailed) as error:
        permanent = isinstance(error, AddressRefused)
        raise DeliveryFailed(_without_host(str(error), url), permanent=permanent) from error
    if not 200 <= answer.status < 300:
        again = answer.status >= 500 or answer.status == 429
        raise DeliveryFailed(_sentence(answer), permanent=not again, retry_after_s=_retry_after(answer))


def post_signed(address: str, body: bytes, message_id: str, *, content_type: str = "application/json") -> None:
    """POST with X-Custody-Signature, the hex HMAC-SHA-256 over "TIMESTAMP.BODY"; `address` names URL and secret.

    Raises DeliveryFailed as `post` does. The same message has the same `message_id` each time.
    """
    url, reference = split_address(address)
    stamp = str(int(time.time()))
    key = secret_of(reference) if reference else own_key(url)
    signature = hmac.new(key.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    headers = {
        "Content-Type": content_type,
        "X-Custody-Id": message_id,
        "X-Custody-Timestamp": stamp,
        "X-Custody-Signature": signature.hexdigest(),
    }
    post(url, body, headers)


def own_key(url: str) -> str:
    """The signing key of an address that has no secret of its own: derived, so that no two receivers share one."""
    return hmac.new(settings.SECRET_KEY.encode(), f"custody.webhook:{url}".encode(), hashlib.sha256).hexdigest()


def split_address(address: str) -> tuple[str, str]:
    """The URL and the reference to a secret of an address; either may be empty.

    >>> split_address("https://example.org/hook env:CUSTODY_SECRET_HOOK")
    ('https://example.org/hook', 'env:CUSTODY_SECRET_HOOK')
    >>> split_address("file:slack")
    ('', 'file:slack')
    """
    if address.startswith(("env:", "file:")):
        return "", address
    url, _, reference = address.partition(" ")
    return url, reference


def bearer(reference: str) -> dict[str, str]:
    """The header that shows the token behind `reference`, or none."""
    return {"Authorization": f"Bearer {secret_of(reference)}"} if reference else {}


def secret_of(reference: str) -> str:
    """The secret behind a reference; raises DeliveryFailed, which may be tried again once it is set."""
    try:
        found = resolve(reference)
    except SecretRefused as error:
        raise DeliveryFailed(str(error)) from error
    if not found:
        raise DeliveryFailed("This address has no secret: set a reference such as env:CUSTODY_SECRET_NAME.")
    return found


def _without_host(sentence: str, url: str) -> str:
    """The sentence without the host: where a message goes is not for everybody who may read why it did not."""
    host = urlsplit(url).hostname
    return sentence.replace(f"“{host}”", "the receiver") if host else sentence


def _sentence(answer: Answer) -> str:
    """The status and the start of what the receiver said, on one line."""
    said = " ".join(answer.body.decode(errors="replace").split())[:LONGEST_ANSWER]
    return f"The receiver answered {answer.status}: {said}" if said else f"The receiver answered {answer.status}."


def _retry_after(answer: Answer) -> float | None:
    """Seconds that the receiver asks us to wait (RFC 9110, 10.2.3: a number or a date), or None."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text[:9])
    try:
        until = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until - now()).total_seconds()) if until.tzinfo else None
