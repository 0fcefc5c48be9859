"""A signed JSON webhook."""

import json

from portal.core.notify.base import Asks, Channel, Letter
from portal.core.notify.outgoing import post_signed
from portal.core.notify.registry import channel


@channel("webhook", "Webhook")
class Webhook(Channel):
    """POST of {id, subject, body, details}; X-Custody-Signature is hex HMAC-SHA-256 over "TIMESTAMP.BODY"."""

    asks = Asks.URL_AND_KEY
    secret_help = "Reference to the key that signs; without one the portal makes a key for this address."  # noqa: S105

    def deliver(self, letter: Letter) -> None:
        content = {"id": letter.key, "subject": letter.subject, "body": letter.body, "details": dict(letter.details)}
        body = json.dumps(content, ensure_ascii=False).encode()
        post_signed(letter.address, body, letter.key)
