"""Replaying events from a file of one event a line: in batches, in constant memory, and again without harm.

An event that is known already changes nothing, so a replay that was stopped is resumed by starting it again. It makes
way for what producers send: where too many events wait, it projects some of them before it goes on.
"""

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from lineage_app.bodies import EVENT_BYTES
from lineage_app.domain.events import Event, EventRefused, body_digest, parse
from lineage_app.domain.spoken import namespaces
from lineage_app.evidence_kinds import REPLAYED
from lineage_app.models import RawEvent
from lineage_app.services import backpressure
from lineage_app.services.counting import count_all
from lineage_app.services.ingest import Sent, Token, keep_many
from lineage_app.services.projector import project_all
from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record

BATCH = 500
_PAUSE_S = 0.5
_GZIP = b"\x1f\x8b"
Refusing = Callable[[int, str], None]


@dataclass
class Replayed:
    """What a replay has done so far; `lines` counts blank ones too, so that it is a place in the file."""

    lines: int = 0
    kept: int = 0
    known: int = 0
    lenient: int = 0
    foreign: int = 0
    refused: int = 0


class Everywhere:
    """The portal itself as a sender, where a replay names no token: it has no number and covers every namespace."""

    pk = None

    def covers(self, namespace: str) -> bool:
        """Whether it may speak about `namespace`: it may."""
        del namespace
        return True


def unpacked(stream: BufferedReader) -> BinaryIO:
    """Return the stream as it is, or unpacked where it begins as gzip does."""
    packed = stream.peek(2)[:2] == _GZIP
    return gzip.GzipFile(fileobj=stream) if packed else stream  # type: ignore[return-value]  # it reads lines, too


def replay(stream: BinaryIO, *, token: Token, on_refused: Refusing, dry_run: bool = False) -> Iterator[Replayed]:
    """Keep the events of `stream` as if `token` had sent them, and yield the counts after each batch.

    `on_refused` is told the line and the reason of each event that is refused. A dry run keeps nothing and counts what
    would be kept. Raises OSError or EOFError where the file cannot be read to its end; every line before is kept.
    """
    done = Replayed()
    batch: list[Sent] = []
    for body in _to_its_end(stream, lambda: _settle(batch, done, token, dry_run=dry_run)):
        done.lines += 1
        if body is None:
            done.refused += 1
            on_refused(done.lines, f"The line is over {EVENT_BYTES // 1024 // 1024} MB: leave large facets out.")
        elif body:
            _read(body, done, batch, token, on_refused)
        if len(batch) == BATCH:
            _settle(batch, done, token, dry_run=dry_run)
            batch.clear()
            yield done
    _settle(batch, done, token, dry_run=dry_run)
    yield done


@transaction.atomic
def record_replay(done: Replayed, *, actor: Actor, token: str) -> None:
    """Put into the ledger that events were replayed."""
    payload: dict[str, str | int] = {"token": token, "kept": done.kept, "known": done.known, "refused": done.refused}
    record(REPLAYED, actor=actor, payload=payload)


def _read(body: bytes, done: Replayed, batch: list[Sent], token: Token, on_refused: Refusing) -> None:
    try:
        event = parse(body)
    except EventRefused as refused:
        done.refused += 1
        on_refused(done.lines, str(refused))
        return
    done.lenient += bool(event.lenient)
    done.foreign += _is_foreign(event, token)
    batch.append(Sent(event, body))


def _is_foreign(event: Event, token: Token) -> bool:
    return not all(token.covers(name) for name in namespaces(event))


def _to_its_end(stream: BinaryIO, settle: Callable[[], None]) -> Iterator[bytes | None]:
    try:
        yield from _lines(stream)
    except (OSError, EOFError):
        settle()
        raise


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield each line without its end; None for one that is too long, whose rest is passed over."""
    while line := stream.readline(EVENT_BYTES + 2):
        if len(line) > EVENT_BYTES and not line.endswith(b"\n"):
            while (rest := stream.readline(EVENT_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield None
        else:
            yield line.strip()


def _settle(batch: list[Sent], done: Replayed, token: Token, *, dry_run: bool) -> None:
    if not batch:
        return
    if dry_run:
        new = len({body_digest(item.body) for item in batch}) - _known(batch)
    else:
        _make_way()
        new = keep_many(batch, token=token, at=now())
    done.kept += new
    done.known += len(batch) - new


def _known(batch: list[Sent]) -> int:
    months = {item.event.time.date().replace(day=1) for item in batch}
    digests = [body_digest(item.body) for item in batch]
    return RawEvent.objects.filter(event_month__in=months, body_sha256__in=digests).count()


def _make_way() -> None:
    """Wait until no more than half of what may wait does, and help the projector meanwhile."""
    room = max(settings.LINEAGE_WAITING_AT_MOST // 2, 1)
    while backpressure.waiting(room) >= room:
        if not project_all(limit=20) + count_all():
            time.sleep(_PAUSE_S)  # another process projects
