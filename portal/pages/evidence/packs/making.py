"""Asking for a pack, and making it in a worker: leased, with progress, tried three times, recorded in the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from contracts_app.services import Refused
from portal.core.clock.services import now
from portal.core.evidence.domain.leaves import timestamp
from portal.core.evidence.selectors import ArtifactGone
from portal.core.evidence.services import EntryPending, record, sequence_all, store_file
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import TABLE, Act, require
from portal.core.making import leases
from portal.pages.evidence.days import start_of
from portal.pages.evidence.evidence_kinds import PACK_MADE
from portal.pages.evidence.packs.sources import SUBJECTS, Item
from portal.pages.evidence.packs.writing import Writer, write_pack
from portal.pages.models import Pack

LEASE = timedelta(minutes=5)
RETAIN_DAYS = 90
STEP = 20


@transaction.atomic
def ask(*, user: Any, key: uuid.UUID, since: date, until: date, subjects: list[str]) -> Pack:
    """Queue a pack; the same key gives the same pack. ValueError for a period or subjects that are none."""
    require(user, Act.READ_EVIDENCE)
    if until < since or not subjects or set(subjects) - set(SUBJECTS):
        raise ValueError("A pack has a period that ends after it begins, and at least one subject.")
    values = {
        "asked_by": user,
        "asked_at": now(),
        "since": since,
        "until": until,
        "subjects": [key for key in SUBJECTS if key in subjects],
        "grants": grants_of(user),
    }
    return Pack.objects.get_or_create(key=key, defaults=values)[0]


def grants_of(user: Any) -> list[list[Any]]:
    """The roles and teams by which the person reads evidence now."""
    reaches = TABLE[Act.READ_EVIDENCE]
    return sorted(([role.value, team] for role, team in user.grants() if role in reaches), key=str)


def make(pk: int) -> Pack | None:
    """Make one pack; None where another worker has it. Call in a worker only."""
    pack = leases.take(Pack, pk, LEASE)
    if pack is None or pack.state == pack.State.FAILED:
        return pack
    draft = _folder() / f"{pack.pk}.{pack.attempts}.zip"
    try:
        manifest, writer = write_pack(draft, _steps(pack), _about(pack))
        return _keep(pack, draft, manifest, writer)
    except leases.LeaseLost:
        return None
    finally:
        draft.unlink(missing_ok=True)


def _items(pack: Pack) -> Iterator[Item]:
    begin, end = _period(pack)
    for key in pack.subjects:
        yield from SUBJECTS[key].items(pack.asked_by, begin, end)


def _period(pack: Pack) -> tuple[datetime, datetime]:
    return start_of(pack.since), start_of(pack.until + timedelta(days=1))


def _steps(pack: Pack) -> Iterator[tuple[Item, bytes | str]]:
    """Each item with its bundle, or why there is none; says how far it is every few items."""
    total = sum(1 for _ in _items(pack))
    _say(pack, total=total, done=0)
    sequence_all()
    for number, item in enumerate(_items(pack), 1):
        yield item, _made(item)
        if number % STEP == 0 or number == total:
            _say(pack, total=max(total, number), done=number)


def _made(item: Item) -> bytes | str:
    try:
        return item.make()
    except (Refused, EntryPending, ArtifactGone) as reason:
        return str(reason)


def _say(pack: Pack, *, total: int, done: int) -> None:
    """Progress, and a longer lease."""
    leases.hold(pack, LEASE, total=total, done=done)


def _about(pack: Pack) -> dict[str, Any]:
    return {
        "pack": str(pack.pk),
        "made_at": timestamp(now()),
        "made_for": str(pack.asked_by.public_id),
        "read_as": [f"{role} of team {team}" if team else str(role) for role, team in pack.grants],
        "since": str(pack.since),
        "until": str(pack.until),
        "subjects": list(pack.subjects),
    }


@transaction.atomic
def _keep(pack: Pack, draft: Path, manifest: str, writer: Writer) -> Pack:
    """Store the file and record it, in one transaction with the pack's state."""
    _say(pack, total=len(writer.rows) + len(writer.left_out), done=len(writer.rows) + len(writer.left_out))
    stored = store_file(draft, media_type="application/zip", name=pack.name, retain_days=RETAIN_DAYS)
    payload: dict[str, str | int] = {
        "pack": str(pack),
        "digest": stored.digest,
        "manifest": manifest,
        "since": str(pack.since),
        "until": str(pack.until),
        "bundles": len(writer.rows),
        "left_out": len(writer.left_out),
    }
    pack.entry = record(PACK_MADE, actor=actor_of(pack.asked_by), payload=payload)
    pack.digest, pack.size, pack.made_at = stored.digest, stored.size, now()
    pack.state, pack.left_out, pack.leased_until = Pack.State.READY, len(writer.left_out), None
    pack.done = pack.total = len(writer.rows) + len(writer.left_out)
    pack.save()
    return pack


def _folder() -> Path:
    """Beside the artifacts, so that a finished pack is moved and not copied."""
    folder = Path(settings.VAR_DIR) / "artifacts" / "packs.part"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
