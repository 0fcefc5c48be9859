"""Asking for the programme's files as a ZIP, and making it in a worker: leased, with progress, tried three times."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record, store_file
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.making import leases
from portal.pages.programme.evidence_kinds import EXPORTED
from portal.pages.programme.exporting import Written, export_zip, scene_now
from portal.pages.programme.models import ProgrammeZip

LEASE = timedelta(minutes=15)
RETAIN_DAYS = 90


@transaction.atomic
def ask(*, user: Any, key: uuid.UUID) -> ProgrammeZip:
    """Queue a ZIP; the same key gives the same one."""
    require(user, Act.READ)
    return ProgrammeZip.objects.get_or_create(key=key, defaults={"asked_by": user, "asked_at": now()})[0]


def progress_of(pk: int) -> tuple[int, int]:
    """(done, total) as the worker last said; (0, 0) before it began. Kept in the cache: nothing depends on it."""
    done, total = cache.get(_progress(pk)) or (0, 0)
    return int(done), int(total)


def make(pk: int) -> ProgrammeZip | None:
    """Make one; None where another worker has it. Call in a worker only.

    The lease is as long as the making of a whole estate may take: the tree is read in one snapshot, within which no
    other lease could be seen.
    """
    row = leases.take(ProgrammeZip, pk, LEASE)
    if row is None or row.state == row.State.FAILED:
        return row
    draft = _folder() / f"programme.{row.pk}.{row.attempts}.zip"
    try:
        said = _progress(row.pk)
        written = export_zip(draft, scene_now(), lambda done, total: cache.set(said, (done, total), 3600))
        return _keep(row, draft, written)
    finally:
        draft.unlink(missing_ok=True)


@transaction.atomic
def _keep(row: ProgrammeZip, draft: Path, written: Written) -> ProgrammeZip | None:
    """Store the file and record it, in one transaction with the row's state, while this worker still has it."""
    if not leases.held(row).select_for_update().exists():
        return None
    stored = store_file(draft, media_type="application/zip", name=row.name, retain_days=RETAIN_DAYS)
    payload: dict[str, str | int] = {"tree": written.tree, "files": len(written.files)}
    row.entry = record(EXPORTED, actor=actor_of(row.asked_by), payload=payload)
    row.tree, row.files = written.tree, len(written.files)
    row.digest, row.size, row.made_at = stored.digest, stored.size, now()
    row.state, row.leased_until = ProgrammeZip.State.READY, None
    row.save()
    return row


def _progress(pk: int) -> str:
    return f"programme:progress:{pk}"


def _folder() -> Path:
    """Beside the artifacts, so that a finished file is moved and not copied."""
    folder = Path(settings.VAR_DIR) / "artifacts" / "packs.part"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
