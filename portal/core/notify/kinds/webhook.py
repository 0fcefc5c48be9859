"""A signed JSON webhook."""

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time
from urllib.parse import urlsplit

from django.conf import settings

from portal.core.notify.base import Channel, DeliveryFailed, Letter
from portal.core.notify.outgoing import AddressRefused, checked_address
from portal.core.notify.registry import channel

TIMEOUT_S = 5


@channel("webhook", "Webhook")
class Webhook(Channel):
    """POST of {id, subject, body}, signed: X-Custody-Signature is HMAC-SHA-256 over "TIMESTAMP.BODY" in hex."""

    def deliver(self, letter: Letter) -> None:
        body = json.dumps({"id": letter.key, "subject": letter.subject, "body": letter.body}).encode()
        stamp = str(int(time.time()))
        signature = hmac.new(settings.SECRET_KEY.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "custody",
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
        host, port, ip = checked_address(url, settings.WEBHOOK_PRIVATE_HOSTS)
    except AddressRefused as error:
        raise DeliveryFailed(str(error), permanent=True) from error
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = _PinnedHTTPS(host, port, ip)
    else:
        connection = http.client.HTTPConnection(ip, port, timeout=TIMEOUT_S)
    path = parts.path or "/"
    try:
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, {"Host": host, **headers})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise DeliveryFailed(f"The receiver could not be reached ({type(error).__name__}).") from error
    finally:
        connection.close()


class _PinnedHTTPS(http.client.HTTPSConnection):
    """Connects to the address that was checked, while the certificate is checked against the name."""

    def __init__(self, host: str, port: int, ip: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
        self._ip = ip

    def connect(self) -> None:
        raw = socket.create_connection((self._ip, self.port), TIMEOUT_S)
        self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=self.host)
