"""What the ledger says: states, checkpoints, proofs and stored bytes; rights are asked above, in the pages."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from portal.core.evidence import search
from portal.core.evidence.domain import merkle, proofs
from portal.core.evidence.domain.canonical import digest as digest_of
from portal.core.evidence.domain.canonical import is_digest
from portal.core.evidence.evidence_kinds import KEY_ROTATED
from portal.core.evidence.models import (
    Artifact,
    AuditRun,
    Checkpoint,
    Entry,
    Expiry,
    Hold,
    Leaf,
    Node,
    Pending,
    PublicKey,
)


class ArtifactGone(LookupError):
    """The bytes are not there: never stored, lost, or expired (the sentence says which)."""


class ArtifactDamaged(RuntimeError):
    """The stored bytes are no longer those of their digest."""


@dataclass(frozen=True)
class EntryState:
    """Where an entry stands: "pending" without an index, or "recorded" with it and the first checkpoint over it."""

    word: str
    index: int | None = None
    checkpoint: Checkpoint | None = None


def entries_about(kinds: Collection[str], payload: Mapping[str, str | int]) -> list[Entry]:
    """The entries of these kinds whose payload holds all of `payload`, oldest first."""
    return list(Entry.objects.filter(kind__in=kinds, payload__contains=dict(payload)).order_by("pk"))


def entry_state(entry: Entry) -> EntryState:
    """Whether the entry has its number yet, and which checkpoint covered it first."""
    leaf = Leaf.objects.filter(entry=entry).first()
    if leaf is None:
        return EntryState("pending")
    first = Checkpoint.objects.filter(size__gt=leaf.index).order_by("size").first()
    return EntryState("recorded", leaf.index, first)


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed tree head; None before the first entry has its number."""
    return Checkpoint.objects.order_by("-size").first()


def checkpoint_at(size: int) -> Checkpoint | None:
    """The checkpoint of exactly this size."""
    return Checkpoint.objects.filter(size=size).first()


def node_hashes(nodes: set[merkle.Node]) -> dict[merkle.Node, bytes]:
    """The stored hashes of these nodes, in one query."""
    if not nodes:
        return {}
    wanted = Q()
    for level, index in nodes:
        wanted |= Q(level=level, index=index)
    return {(row.level, row.index): bytes(row.hash) for row in Node.objects.filter(wanted)}


def inclusion_proof(index: int, checkpoint: Checkpoint) -> str:
    """The tlog-proof of the entry at `index` under a checkpoint."""
    path = merkle.inclusion_path(index, checkpoint.size)
    hashes = merkle.hashes_of(path, node_hashes(merkle.nodes_of(path)).__getitem__)
    return proofs.inclusion_text(index, hashes, checkpoint.note)


def consistency_proof(old: int, checkpoint: Checkpoint) -> str:
    """The proof that the tree of `old` entries is a prefix of the checkpoint's; ValueError when it is larger."""
    path = merkle.consistency_path(old, checkpoint.size)
    hashes = merkle.hashes_of(path, node_hashes(merkle.nodes_of(path)).__getitem__)
    return proofs.consistency_text(old, hashes, checkpoint.note)


def known_key(key_id: str) -> PublicKey | None:
    """The public key of that id, also when it is no longer in use."""
    return PublicKey.objects.filter(key_id=key_id).first()


def announced_keys() -> dict[str, Entry]:
    """Key id -> the entry, signed by the key before it, that named it; keys that nobody announced are missing."""
    return {entry.payload["new"]: entry for entry in Entry.objects.filter(kind=KEY_ROTATED.name).order_by("pk")}


def pending() -> tuple[int, datetime | None]:
    """How many entries wait for their number, and since when the oldest does."""
    oldest = Pending.objects.order_by("entry_id").values_list("entry__created_at", flat=True).first()
    return Pending.objects.count(), oldest


def last_audit() -> AuditRun | None:
    """The latest recomputation of the tree."""
    return AuditRun.objects.order_by("-id").first()


def artifact_path(digest: str) -> Path:
    """Where the bytes of a digest lie; ValueError when it is no digest."""
    if not is_digest(digest):
        raise ValueError("An artifact is named by a digest: sha256: and 64 hexadecimal digits.")
    name = digest.removeprefix("sha256:")
    return Path(settings.VAR_DIR) / "artifacts" / name[:2] / name


def read_artifact(digest: str) -> bytes:
    """The stored bytes, their digest checked; raises ArtifactGone or ArtifactDamaged with a sentence."""
    try:
        data = artifact_path(digest).read_bytes()
    except FileNotFoundError as error:
        raise _gone(digest) from error
    if digest_of(data) != digest:
        raise _damaged(digest)
    return data


def checked_path(digest: str) -> Path:
    """Where the stored bytes lie, their digest checked without holding them; raises as `read_artifact`."""
    path = artifact_path(digest)
    try:
        found = digest_of_file(path)
    except FileNotFoundError as error:
        raise _gone(digest) from error
    if found != digest:
        raise _damaged(digest)
    return path


def digest_of_file(path: Path) -> str:
    """The digest of a file of any size."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def _gone(digest: str) -> ArtifactGone:
    expiry = Expiry.objects.filter(digest=digest).order_by("-id").first()
    why = f"expired on {expiry.expired_at:%Y-%m-%d}" if expiry else "not in the store: restore it from a backup"
    return ArtifactGone(f"The artifact {digest} is {why}.")


def _damaged(digest: str) -> ArtifactDamaged:
    return ArtifactDamaged(f"The stored bytes of {digest} have changed: restore the file from a backup.")


def has_reference(text: str) -> bool:
    """Whether "entry:12" names an entry of the ledger, or "sha256:…" an artifact whose bytes are kept."""
    number = text.removeprefix("entry:")
    if number != text:
        return number.isdecimal() and len(number) < 19 and Entry.objects.filter(pk=int(number)).exists()
    return is_digest(text) and Artifact.objects.filter(digest=text).exists() and artifact_path(text).exists()


def newest_of_kind(kind: str, most: int) -> list[Entry]:
    """The newest entries of a kind, the newest first; indexed."""
    return list(Entry.objects.filter(kind=kind).order_by("-pk")[:most])


def entries_naming(kinds: Collection[str], field: str, values: Collection[str]) -> list[Entry]:
    """The entries of these kinds whose payload has one of `values` in that field, oldest first; one query."""
    found = Entry.objects.filter(kind__in=kinds, **{f"payload__{field}__in": list(values)})
    return list(found.order_by("pk")) if values else []


def held_digests(digests: Collection[str]) -> set[str]:
    """Of some digests, those that a hold forbids to expire."""
    return set(Hold.objects.filter(digest__in=digests, released_at=None).values_list("digest", flat=True))


def entries_with(value: str) -> QuerySet[Entry]:
    """The entries that hold exactly this text in any field of their payload, oldest first; indexed."""
    return search.with_value(Entry.objects.order_by("pk"), value)


def stored_files(digests: Collection[str]) -> list[Artifact]:
    """The newest storing of each of these digests that was stored here."""
    newest = Artifact.objects.filter(digest__in=digests).order_by("digest", "-retain_until").distinct("digest")
    return list(newest)
