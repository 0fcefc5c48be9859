"""A signed JSON webhook."""

import hashlib
import hmac
import json
import time

from django.conf import settings

from portal.core.notify.base import Asks, Channel, Letter
from portal.core.notify.outgoing import post, secret_of, split_address
from portal.core.notify.registry import channel


@channel("webhook", "Webhook")
class Webhook(Channel):
    """POST of {id, subject, body, details}; X-Custody-Signature is hex HMAC-SHA-256 over "TIMESTAMP.BODY"."""

    asks = Asks.URL_AND_KEY
    secret_help = "Reference to the key that signs; without one the portal makes a key for this address."  # noqa: S105

    def deliver(self, letter: Letter) -> None:
        url, reference = split_address(letter.address)
        content = {"id": letter.key, "subject": letter.subject, "body": letter.body, "details": dict(letter.details)}
        body = json.dumps(content, ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        key = secret_of(reference) if reference else own_key(url)
        signature = hmac.new(key.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "X-Custody-Id": letter.key,
            "X-Custody-Timestamp": stamp,
            "X-Custody-Signature": signature.hexdigest(),
        }
        post(url, body, headers)


def own_key(url: str) -> str:
    """The signing key of an address that has no secret of its own: derived, so that no two receivers share one."""
    return hmac.new(settings.SECRET_KEY.encode(), f"custody.webhook:{url}".encode(), hashlib.sha256).hexdigest()
