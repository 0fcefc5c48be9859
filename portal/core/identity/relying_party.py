"""Whose passkeys these are: the relying party of WebAuthn, taken from the public address and never from a request."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

NAME = "Custody"
DEFAULT_PORTS = {"http": 80, "https": 443}


def rp_id() -> str:
    """The host that passkeys are bound to (WebAuthn section 5.1.2); passkeys of another host never fit."""
    return (urlsplit(settings.BASE_URL).hostname or "localhost").lower()


def origin() -> str:
    """The origin that a browser has to report, as RFC 6454 section 6.2 writes it: no default port, small letters."""
    parts = urlsplit(settings.BASE_URL)
    port = "" if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{rp_id()}{port}"
