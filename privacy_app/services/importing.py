"""A file of requests: checked, confirmed by whoever uploaded it, taken in by a worker, each row exactly once.

The rows wait sealed under a key of their own. A worker takes them in chunks: the requests of a chunk and the mark how
far it came are one transaction, so a worker that dies loses none and doubles none. At the end the key is destroyed.
"""

import hashlib
import hmac
import uuid
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore, sealing
from privacy_app.domain import csv_intake
from privacy_app.domain.clocks import Law
from privacy_app.domain.csv_intake import Row
from privacy_app.domain.pseudonym import normalise
from privacy_app.models import ImportBatch, Request
from privacy_app.services import intake
from privacy_app.services.lifecycle import RequestRefused
from privacy_app.services.waking import wake_imports

CHUNK = 20  # the numbers of the day are locked while a chunk is taken in: others wait that long
KEPT_UNCONFIRMED = timedelta(hours=24)
State = ImportBatch.State


@transaction.atomic
def check_file(*, user: Any, data: bytes) -> ImportBatch:
    """Read a file and keep its good rows sealed until they are confirmed. Raises FileRefused.

    The same file, uploaded again while it waits or runs, is the same batch.
    """
    require(user, Act.READ_REQUESTS)
    said = digest(data)
    waiting = ImportBatch.objects.filter(digest=said, made_by=user, state__in=(State.CHECKED, State.RUNNING)).first()
    if waiting:
        return waiting
    rows, problems = csv_intake.read(data, now().date(), is_address)
    key_name = uuid.uuid4().hex
    keystore.make_keys(key_name)
    return ImportBatch.objects.create(
        key_name=key_name,
        digest=said,
        made_by=user,
        made_at=now(),
        sealed=sealing.seal(key_name, [_kept(row) for row in rows]),
        good=len(rows),
        bad=len(problems),
        problems=[[each.line, each.says] for each in problems],
    )


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address, as it stands and in the form in which it is kept."""
    try:
        validate_email(text)
        validate_email(normalise("email", text))
    except ValidationError:
        return False
    return True


def _kept(row: Row) -> dict[str, Any]:
    return asdict(row) | {"received_on": row.received_on.isoformat() if row.received_on else ""}


@transaction.atomic
def confirm(*, user: Any, batch_id: int, send_codes: bool = True) -> ImportBatch:
    """Let the workers take the rows in; a file that was confirmed before goes on as it is."""
    require(user, Act.READ_REQUESTS)
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state == State.DISCARDED or not batch.good:
        raise RequestRefused("This file was discarded or has no good line. Upload it again.")
    if batch.state == State.CHECKED:
        batch.state, batch.confirmed_at, batch.send_codes = State.RUNNING, now(), send_codes
        batch.save()
        wake_imports()
    return batch


@transaction.atomic
def discard(*, user: Any, batch_id: int) -> ImportBatch:
    """Forget a file that was not confirmed: its rows and their key are destroyed."""
    require(user, Act.READ_REQUESTS)
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != State.CHECKED:
        raise RequestRefused("This file is being taken in already, so it cannot be discarded.")
    _end(batch, State.DISCARDED)
    return batch


def take_due() -> int:
    """Take in a chunk of every file that runs, until none is left; returns how many rows. Old unconfirmed files go."""
    stale = ImportBatch.objects.filter(state=State.CHECKED, made_at__lt=now() - KEPT_UNCONFIRMED)
    for pk in stale.values_list("pk", flat=True):
        _forget(pk)
    taken = 0
    while rows := sum(_take_chunk(pk) for pk in _running()):
        taken += rows
    return taken


def _running() -> list[int]:
    return list(ImportBatch.objects.filter(state=State.RUNNING).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _forget(batch_id: int) -> None:
    batch = ImportBatch.objects.select_for_update(skip_locked=True).filter(pk=batch_id, state=State.CHECKED).first()
    if batch:
        _end(batch, State.DISCARDED)


@transaction.atomic
def _take_chunk(batch_id: int) -> int:
    """Take in the next rows of one file; 0 where another worker is at it or none is left."""
    free = ImportBatch.objects.select_for_update(skip_locked=True, of=("self",)).select_related("made_by")
    batch = free.filter(pk=batch_id, state=State.RUNNING).first()
    if batch is None or batch.sealed is None:
        return 0
    rows = sealing.unseal(batch.key_name, batch.sealed)[batch.reached : batch.reached + CHUNK]
    actor = actor_of(batch.made_by)
    seen = {req_id for _, req_id, _ in batch.results}
    for row in rows:
        made = _take(batch, row, actor)
        batch.results.append([row["line"], made.req_id, made.batch_id == batch.pk and made.req_id not in seen])
        seen.add(made.req_id)
    batch.reached += len(rows)
    if batch.reached >= batch.good:
        _end(batch, State.DONE)
        payload: dict[str, str | int] = {"file": batch.digest, "rows": batch.good, "refused": batch.bad}
        record(kinds.FILE_TAKEN, actor=actor, payload=payload)
    batch.save()
    return len(rows)


def _take(batch: ImportBatch, row: dict[str, Any], actor: Actor) -> Request:
    """One row as a request; one that came before is that one."""
    return intake.receive(
        actor=actor,
        channel=Request.Channel.CSV,
        email=row["email"],
        claims=row["claims"],
        law=Law(row["law"]),
        idempotency_key=f"csv:{_row_key(batch, row)}",
        code=batch.send_codes,
        origin=intake.Origin(
            language=row["language"],
            received_at=_received_at(row["received_on"]),
            more_emails=(row["second_email"],),
            batch=batch,
        ),
    )


def _row_key(batch: ImportBatch, row: dict[str, Any]) -> str:
    """What makes a row the same row in another file: the sender's own reference, else its content and its day."""
    day = row["received_on"] or f"{batch.made_at:%Y-%m-%d}"
    parts = (
        ["ref", row["reference"]] if row["reference"] else ["row", day, row["email"], *sorted(row["claims"].items())]
    )
    said = repr((parts, row["law"])).encode()
    return hmac.new(keystore.lookup_key(), b"csv\0" + said, hashlib.sha256).hexdigest()


def _received_at(day: str) -> datetime | None:
    return datetime.combine(date.fromisoformat(day), time.min, tzinfo=now().tzinfo) if day else None


def _end(batch: ImportBatch, state: str) -> None:
    """The end of a file: nothing of its rows is left here."""
    batch.state, batch.ended_at, batch.sealed = state, now(), None
    batch.save()
    transaction.on_commit(lambda: keystore.shred(batch.key_name))  # before it, a rolled back end would lose the rows
