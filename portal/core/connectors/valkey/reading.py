"""Measuring streams and hashes: what is there is fetched within limits, and asked with SQL in memory.

`now()` is the server's clock. A stream's entries have a column `entry_time`, the time in their id; parts of a key's
name that a template names are columns as well.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from redis.exceptions import RedisError

from portal.core.connectors.base import ConnectorError, Reader, SystemConfig, Target
from portal.core.connectors.duck import fetched, reading
from portal.core.connectors.valkey.client import Client, connected
from portal.core.connectors.valkey.dataset import BATCH, pattern_of, reading_of

ENTRY_TIME = "entry_time"


def reader(config: SystemConfig, targets: Sequence[Target], *, timeout_s: float) -> AbstractContextManager[Reader]:
    """Fetch the datasets and open them; see Measurable.reader."""
    with connected(config) as client:
        seconds, micros = client.time()
        clock = datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)
        sources = [_source(client, config, target, number, clock, timeout_s) for number, target in enumerate(targets)]
    reaches = fetched.shortest(fetched.newest(target.settings) for target in targets if is_stream(target))
    return reading.reader(sources, timeout_s=timeout_s, clock=clock, reaches=reaches)


def is_stream(target: Target) -> bool:
    """Whether the placement names a stream, not key names."""
    return target.settings.get("type") == "stream"


def _source(
    client: Client, config: SystemConfig, target: Target, number: int, clock: datetime, timeout_s: float
) -> reading.Source:
    fetch, types = fetched.Fetch(config, timeout_s), fetched.declared(target.settings)
    if is_stream(target):
        types = {ENTRY_TIME: "epoch_milliseconds"} | types
        _fetch_entries(client, target, fetch, clock)
    else:
        _fetch_hashes(client, target, fetch, types)
    return fetched.source(target.object_name, number, fetch.rows, types)


def _fetch_entries(client: Client, target: Target, fetch: fetched.Fetch, clock: datetime) -> None:
    """The stream's entries up to now, or those of its newest part; where that is empty, the last entry of all.

    Without that one a stream that stands still would look like one that never held anything.
    """
    said, reach = "Say `newest_minutes` in the placement", fetched.newest(target.settings)
    if client.type(target.object_name) != b"stream":
        raise ConnectorError(f"There is no stream {target.object_name}; correct its placement.", missing=True)
    if reach is None and client.xlen(target.object_name) > fetch.most:
        raise fetch.refuse(said)
    last = client.xrevrange(target.object_name, count=1)
    if not last:
        return
    for entry, values in _between(client, target.object_name, _first(clock, reach), last[0][0], fetch):
        fetch.add(_entry(entry, values), said)
    if not fetch.rows:
        fetch.add(_entry(*last[0]), said)


def _first(clock: datetime, reach: timedelta | None) -> str:
    return "-" if reach is None else str(max(0, int((clock - reach).timestamp() * 1000)))


def _between(
    client: Client, stream: str, first: str, last: bytes, fetch: fetched.Fetch
) -> Iterator[tuple[bytes, dict[bytes, bytes]]]:
    while entries := client.xrange(stream, min=first, max=last, count=BATCH):
        fetch.check_time()
        yield from entries
        first = f"({entries[-1][0].decode()}"


def _entry(entry: bytes, values: dict[bytes, bytes]) -> dict[str, Any]:
    return {ENTRY_TIME: entry.split(b"-")[0]} | _fields(values)


def _fetch_hashes(client: Client, target: Target, fetch: fetched.Fetch, types: dict[str, str]) -> None:
    """Every key that fits the pattern, once, with its declared fields, or all of them where none is declared."""
    pattern, named = pattern_of(target), reading_of(target)
    if not pattern:
        raise ConnectorError("The placement has neither `key`, `pattern` nor `type: stream`; add one.")
    keys: set[bytes] = set()
    for key in client.scan_iter(match=pattern, count=BATCH):
        keys.add(key)
        if len(keys) > fetch.most:
            raise fetch.refuse("Narrow the placement's pattern")
    ordered = sorted(keys)
    for start in range(0, len(ordered), BATCH):
        fetch.check_time()
        some = ordered[start : start + BATCH]
        for key, values in zip(some, _hashes(client, some, list(types)), strict=True):
            if all(value is None for value in values.values()) and not client.exists(key):
                continue  # it expired meanwhile
            found = named.fullmatch(key.decode(errors="replace")) if named else None
            fetch.add((found.groupdict() if found else {}) | values, "Declare `columns`, so that no other is fetched")


def _hashes(client: Client, keys: Sequence[bytes], names: list[str]) -> list[dict[str, Any]]:
    """The fields of each key; a key of another type, or one that is gone by now, has none."""
    with client.pipeline(transaction=False) as asked:
        for key in keys:
            _ = asked.hmget(key, names) if names else asked.hgetall(key)
        replies = asked.execute(raise_on_error=False)
    return [_read(reply, names) for reply in replies]


def _read(reply: Any, names: list[str]) -> dict[str, Any]:
    if isinstance(reply, RedisError):
        if str(reply).startswith("WRONGTYPE"):
            return {}
        raise reply
    return dict(zip(names, reply, strict=True)) if names else _fields(reply)


def _fields(values: dict[bytes, bytes]) -> dict[str, Any]:
    return {name.decode(errors="replace"): value for name, value in values.items()}
