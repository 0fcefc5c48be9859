"""A signed JSON webhook."""

import hashlib
import hmac
import json
import time

from django.conf import settings

from portal.core.notify.base import Channel, DeliveryFailed, Letter
from portal.core.notify.registry import channel
from portal.core.web.outgoing import AddressRefused, CallFailed, call


@channel("webhook", "Webhook")
class Webhook(Channel):
    """POST of {id, subject, body}, signed: X-Custody-Signature is HMAC-SHA-256 over "TIMESTAMP.BODY" in hex."""

    def deliver(self, letter: Letter) -> None:
        body = json.dumps({"id": letter.key, "subject": letter.subject, "body": letter.body}).encode()
        stamp = str(int(time.time()))
        signature = hmac.new(settings.SECRET_KEY.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "X-Custody-Id": letter.key,
            "X-Custody-Timestamp": stamp,
            "X-Custody-Signature": signature.hexdigest(),
        }
        status = _post(letter.address, body, headers)
        if status >= 300:
            retry = status >= 500 or status == 429
            raise DeliveryFailed(f"The receiver answered {status}.", permanent=not retry)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        return call(url, body=body, headers=headers, allowed_private=settings.WEBHOOK_PRIVATE_HOSTS).status
    except AddressRefused as error:
        raise DeliveryFailed(str(error), permanent=True) from error
    except CallFailed as error:
        raise DeliveryFailed(str(error)) from error
