"""Artifacts: bytes kept under their digest, written once, and removed only when their time is over."""

import contextlib
import os
import tempfile
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import digest as digest_of
from portal.core.evidence.evidence_kinds import ARTIFACT_EXPIRED, HOLD_ENDED, HOLD_PLACED
from portal.core.evidence.models import Artifact, Expiry, Hold
from portal.core.evidence.selectors import artifact_path, digest_of_file, read_artifact
from portal.core.evidence.services.recording import record


class ArtifactKept(RuntimeError):
    """The artifact may not expire yet; the sentence says why."""


@transaction.atomic
def store_artifact(data: bytes, *, media_type: str, name: str, retain_days: int) -> Artifact:
    """Keep some bytes for at least `retain_days` days; the file is on disk before the row exists."""
    if retain_days < 1:
        raise ValueError("An artifact is kept for at least one day.")
    digest = digest_of(data)
    until = now() + timedelta(days=retain_days)
    path = artifact_path(digest)
    if path.exists():
        read_artifact(digest)
    else:
        _write_once(path, data)
    return Artifact.objects.create(
        digest=digest, size=len(data), media_type=media_type, name=name, retain_until=until, created_at=now()
    )


@transaction.atomic
def store_file(draft: Path, *, media_type: str, name: str, retain_days: int) -> Artifact:
    """Keep a finished file of any size for at least `retain_days` days; the draft is gone afterwards.

    The draft has to lie on the store's own file system. Nothing is read into memory at once.
    """
    if retain_days < 1:
        raise ValueError("An artifact is kept for at least one day.")
    digest, size = digest_of_file(draft), draft.stat().st_size
    path = artifact_path(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), 0o444)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    _sync(path.parent)
    until = now() + timedelta(days=retain_days)
    return Artifact.objects.create(
        digest=digest, size=size, media_type=media_type, name=name, retain_until=until, created_at=now()
    )


@transaction.atomic
def expire_artifact(digest: str, *, actor: Actor) -> Expiry:
    """Remove the bytes for good; ArtifactKept before their time or under a hold. Digest and entries stay."""
    stored = list(Artifact.objects.filter(digest=digest).order_by("retain_until"))
    if not stored:
        raise LookupError(f"No artifact {digest} was ever stored.")
    until = stored[-1].retain_until
    if until > now():
        raise ArtifactKept(f"The artifact {digest} is to be kept until {until:%Y-%m-%d}.")
    if hold := Hold.objects.filter(digest=digest, released_at=None).first():
        raise ArtifactKept(f"The artifact {digest} is on hold since {hold.placed_at:%Y-%m-%d}: {hold.reason}")
    payload = {"digest": digest, "retain_until": f"{until:%Y-%m-%d}"}
    entry = record(ARTIFACT_EXPIRED, actor=actor, payload=payload)
    path = artifact_path(digest)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return Expiry.objects.create(digest=digest, entry=entry, expired_at=now())


def expire_due(*, actor: Actor) -> int:
    """Remove all bytes whose time is over and that nothing holds; returns how many. Each is its own transaction.

    A file that outlived its expiry, since the process died in between, is found again and removed.
    """
    over = Artifact.objects.values("digest").annotate(until=Max("retain_until")).filter(until__lte=now())
    free = over.exclude(digest__in=Hold.objects.filter(released_at=None).values("digest"))
    due = [digest for digest in free.values_list("digest", flat=True) if artifact_path(digest).exists()]
    return len([expire_artifact(digest, actor=actor) for digest in due])


@transaction.atomic
def place_hold(digest: str, *, actor: Actor, reason: str) -> Hold:
    """Forbid the expiry of some bytes until the release; the ledger gets the reason's digest, not its words.

    A second hold on the same bytes is a hold of its own: they go when the last one is released.
    """
    record(HOLD_PLACED, actor=actor, payload={"digest": digest, "reason": digest_of(reason.encode())})
    return Hold.objects.create(digest=digest, reason=reason, placed_at=now())


@transaction.atomic
def release_hold(hold: Hold, *, actor: Actor, reason: str = "") -> None:
    """Allow the expiry again; nothing happens to a hold that was released before."""
    held = Hold.objects.filter(pk=hold.pk, released_at=None)
    if held.update(released_at=now(), release_reason=reason):
        payload = {"digest": hold.digest, "reason": digest_of(reason.encode()) if reason else "none given"}
        record(HOLD_ENDED, actor=actor, payload=payload)


def _write_once(path: Path, data: bytes) -> None:
    """A read-only file that appears whole or not at all; whoever comes second finds the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), 0o444)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)
    _sync(path.parent)


def _sync(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
