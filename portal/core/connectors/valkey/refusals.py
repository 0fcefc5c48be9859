"""The server's log of refused commands (ACL LOG): it keeps names of keys, and so identifiers, in memory.

An entry cannot be taken out alone and the log is somebody's security record, so it is emptied only where it names the
subject. Where the user may not look into it, it is a residual like any other copy.
"""

from collections.abc import Iterator
from typing import Any

from redis import exceptions

from portal.core.connectors import scan
from portal.core.connectors.base import Fence, check_fence
from portal.core.connectors.valkey.client import Client

PLACE, WORDS = "acl_log", "log of refused commands (ACL LOG)"
MOST = 100_000  # entries; the server's own default is 128


def hits(client: Client, needles: scan.Needles) -> int | None:
    """How often the log names the subject; None where this user may not read it."""
    try:
        entries = client.execute_command("ACL", "LOG", MOST)
    except exceptions.NoPermissionError:
        return None
    return sum(scan.count(text, needles) for text in _texts(entries))


def forget(client: Client, needles: scan.Needles, still_mine: Fence) -> list[str]:
    """Empty the log where it names the subject; what was done. Nothing where this user may not."""
    if not hits(client, needles):
        return []
    check_fence(still_mine)
    try:
        client.execute_command("ACL", "LOG", "RESET")
    except exceptions.NoPermissionError:
        return ["ACL LOG not emptied: the user may not"]
    return ["ACL LOG RESET"]


def _texts(entry: Any) -> Iterator[bytes]:
    if isinstance(entry, bytes):
        yield entry
    elif isinstance(entry, dict):
        for pair in entry.items():
            yield from _texts(list(pair))
    elif isinstance(entry, list | tuple):
        for each in entry:
            yield from _texts(each)
