"""The one client by which the portal calls out over HTTP: public addresses, and those that the installation allows.

The name is resolved once and the checked address is the one connected to, so that a name cannot change its mind in
between (DNS rebinding). Redirects are never followed, proxies never asked, and time and size are bounded as a whole:
a server that drips its answer byte by byte is cut off too (OWASP ASVS 5.2.6, SSRF).
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_BYTES = 1_000_000


class AddressRefused(ValueError):
    """An address that must not be called; the message says why. Trying again does not help."""


class CallFailed(Exception):
    """The call did not come to an answer; the message says why. Trying again may help."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked_address(url: str, allowed_private: Collection[str] = ()) -> tuple[str, int, str]:
    """Host, port and resolved IP of `url`; raises AddressRefused for other schemes and for private addresses.

    `allowed_private` names `host:port` pairs that may lie in private networks.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise AddressRefused("The address is malformed.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AddressRefused("An address must start with https:// or http:// and name a host.")
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(f"The host “{parts.hostname}” is not known.") from None
    ip = str(found[0][4][0])
    if not _is_public(ip) and f"{parts.hostname}:{port}" not in allowed_private:
        raise AddressRefused(
            f"“{parts.hostname}” lies in a private network; an administrator allows it by naming host:port in "
            "CUSTODY_WEBHOOK_PRIVATE_HOSTS (receivers) or CUSTODY_SYSTEM_PRIVATE_HOSTS (sources)."
        )
    return parts.hostname, port, ip


def call(
    url: str,
    *,
    method: str = "POST",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    allowed_private: Collection[str] = (),
    timeout_s: float = 5,
    max_bytes: int = MAX_BYTES,
) -> Answer:
    """One request and its answer, whatever its status; `timeout_s` bounds the whole exchange.

    Raises AddressRefused before anything is sent, CallFailed where no whole answer of at most `max_bytes` came.
    """
    host, port, ip = checked_address(url, allowed_private)
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = f"[{host}]" if ":" in host else host
    standard = port == (443 if parts.scheme == "https" else 80)
    sent = {"Host": named if standard else f"{named}:{port}", "User-Agent": "custody", **(headers or {})}
    connection = (_PinnedHTTPS if parts.scheme == "https" else _Pinned)(host, port, ip, timeout_s)
    try:
        with _deadline(connection, timeout_s):
            connection.request(method, path, body, sent)
            return _answer(connection.getresponse(), max_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CallFailed(f"“{host}” could not be reached or broke off ({type(error).__name__}).") from None
    finally:
        connection.close()


def _answer(response: http.client.HTTPResponse, max_bytes: int) -> Answer:
    body = response.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise CallFailed(f"The answer is longer than {max_bytes:,} bytes and was not read to its end.")
    wanted = response.getheader("Content-Length", "")
    if wanted.isdigit() and len(body) < int(wanted):
        raise CallFailed("The answer broke off before its end.")
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def _is_public(ip: str) -> bool:
    address = ipaddress.ip_address(ip.split("%")[0])
    inside = [address]
    if isinstance(address, ipaddress.IPv6Address):
        tunnelled = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
        inside += [each for each in tunnelled if each is not None]
        if address in ipaddress.ip_network("64:ff9b::/96"):  # NAT64, RFC 6052
            inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return all(each.is_global and not each.is_multicast for each in inside)


@contextmanager
def _deadline(connection: "_Pinned", timeout_s: float) -> Iterator[None]:
    """Shut the socket when the time is up, whoever is waiting on it."""
    over = threading.Event()

    def cut() -> None:
        over.set()
        if connection.raw is not None:
            with suppress(OSError):
                connection.raw.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(timeout_s, cut)
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, CallFailed):
        if over.is_set():
            raise CallFailed(f"“{connection.host}” did not answer within {timeout_s:g} seconds.") from None
        raise
    finally:
        timer.cancel()
    if over.is_set():  # a body without a length ends where it is cut
        raise CallFailed(f"“{connection.host}” did not answer within {timeout_s:g} seconds.")


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked, not to what the name says now."""

    def __init__(self, host: str, port: int, ip: str, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self._ip, self._timeout_s = ip, timeout_s
        self.raw: socket.socket | None = None

    def connect(self) -> None:
        self.raw = self.sock = socket.create_connection((self._ip, self.port), self._timeout_s)


class _PinnedHTTPS(_Pinned):
    """The same, and the certificate is checked against the name."""

    def connect(self) -> None:
        super().connect()
        assert self.raw is not None
        self.raw = self.sock = ssl.create_default_context().wrap_socket(self.raw, server_hostname=self.host)
