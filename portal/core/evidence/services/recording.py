"""Writing an entry: in the same transaction as the change that it tells of."""

import re
from collections.abc import Mapping

from celery import signature
from django.db import connection, transaction

from portal.core.clock.beat import wake
from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.kinds import Kind
from portal.core.evidence.models import Entry, Pending

EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
MAX_TEXT = 2000
SEQUENCER = "portal.core.evidence.tasks.sequence_entries"


def record(kind: Kind, *, actor: Actor, payload: Mapping[str, str | int], team_id: int | None = None) -> Entry:
    """Add one entry; it gets its number within seconds.

    `team_id` says whose asset it is about. Call it inside the transaction of the change (RuntimeError otherwise).
    ValueError when fields are missing, too many, not text or whole numbers, or look like an e-mail address.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"Record {kind.name} inside the transaction of its change: wrap both in transaction.atomic.")
    _check_fields(kind, payload)
    for name, value in payload.items():
        _check_value(kind, name, value)
    entry = Entry.objects.create(
        kind=kind.name,
        payload=dict(payload),
        actor_id=actor.id,
        actor_role=actor.role,
        actor_name_digest=actor.name_digest,
        team_id=team_id,
        created_at=now(),
    )
    Pending.objects.create(entry=entry)
    _wake_once()
    return entry


def _check_fields(kind: Kind, payload: Mapping[str, str | int]) -> None:
    if set(payload) != set(kind.fields):
        missing, extra = sorted(set(kind.fields) - set(payload)), sorted(set(payload) - set(kind.fields))
        raise ValueError(f"The payload of {kind.name} lacks {missing} and has {extra} that it does not declare.")


def _check_value(kind: Kind, name: str, value: str | int) -> None:
    """The message never repeats the value: it may be what must not be written down."""
    where = f"The field {name} of {kind.name}"
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"{where} is neither text nor a whole number.")  # noqa: TRY004 - one kind for every bad field
    if isinstance(value, int):
        if abs(value) >= 2**53:
            raise ValueError(f"{where} is beyond 2**53, which JSON readers cannot tell apart: give it as text.")
        return
    if len(value) > MAX_TEXT or any(ord(char) < 32 for char in value):
        raise ValueError(f"{where} is longer than {MAX_TEXT} signs or has control characters: record its digest.")
    if EMAIL.search(value):
        raise ValueError(f"{where} looks like an e-mail address: personal identifiers never enter the ledger.")


def _wake_once() -> None:
    """One message to the sequencer for a whole transaction, however many entries it records."""
    if not any(step[1] is _wake for step in connection.run_on_commit):
        transaction.on_commit(_wake)


def _wake() -> None:
    wake(signature(SEQUENCER))
