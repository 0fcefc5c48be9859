"""Which addresses the portal may call: public ones, and those that the installation allows by name."""

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit


class AddressRefused(ValueError):
    """An address that must not be called; the message says why."""


def checked_address(url: str, allowed_private: Collection[str] = ()) -> tuple[str, int, str]:
    """Host, port and resolved IP of `url`; raises AddressRefused for other schemes and for private addresses.

    The caller connects to the IP that was checked, so that a name cannot change its mind in between (DNS rebinding).
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressRefused("A webhook address must start with https:// or http:// and name a host.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise AddressRefused("The host of the webhook address is not known.") from error
    ip = str(found[0][4][0])
    if not ipaddress.ip_address(ip).is_global and f"{parts.hostname}:{port}" not in allowed_private:
        raise AddressRefused(
            "The webhook address points into a private network; an administrator allows it by naming host:port in "
            "CUSTODY_WEBHOOK_PRIVATE_HOSTS."
        )
    return parts.hostname, port, ip
