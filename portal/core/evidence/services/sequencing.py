"""Numbering the entries: gapless indexes in batches, under one lock, each batch ending in a signed checkpoint."""

from django.db import connection, transaction

from portal.core.clock.services import now
from portal.core.evidence import keys
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain import merkle, notes
from portal.core.evidence.evidence_kinds import KEY_INTRODUCED
from portal.core.evidence.models import Checkpoint, Entry, Leaf, Node, Pending, PublicKey
from portal.core.evidence.selectors import latest_checkpoint, node_hashes
from portal.core.evidence.services.recording import record

LOCK = 0x6375_7374  # "cust": the number of the advisory lock under which the tree grows
SEQUENCER = Actor("system:evidence.sequencer", "system")


def sequence_all() -> int:
    """Number everything that waits; returns how many entries got their place."""
    total = 0
    while done := sequence():
        total += done
    return total


@transaction.atomic
def sequence(limit: int = 1000) -> int:
    """Give up to `limit` waiting entries their index and sign a checkpoint; returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    key = keys.server_key()
    _introduce(key)
    waiting = list(Pending.objects.select_related("entry").order_by("entry_id")[:limit])
    if not waiting:
        return 0
    last = latest_checkpoint()
    size, root = _append(last.size if last else 0, [row.entry for row in waiting])
    Pending.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    _sign(key, size, root)
    return len(waiting)


def _append(size: int, entries: list[Entry]) -> tuple[int, bytes]:
    places = merkle.cover((0, size))
    known = node_hashes(set(places))
    peaks = [known[place] for place in places]
    leaves, nodes = [], []
    for entry in entries:
        peaks, full = merkle.grow(size, peaks, merkle.leaf_hash(entry.leaf_bytes()))
        leaves.append(Leaf(entry=entry, index=size))
        nodes += [Node(level=level, index=index, hash=value) for (level, index), value in full]
        size += 1
    Leaf.objects.bulk_create(leaves)
    Node.objects.bulk_create(nodes)
    return size, merkle.fold(peaks)


def _sign(key: keys.ServerKey, size: int, root: bytes) -> None:
    text = notes.checkpoint_text(key.name, size, root)
    note = notes.sign_note(text, key.name, key.public, key.private.sign)
    Checkpoint.objects.create(size=size, root=root, note=note, key_id=key.key_id, created_at=now())


def _introduce(key: keys.ServerKey) -> None:
    """Keep a new key's public half; a key that follows another is itself an entry, so it gets a checkpoint at once."""
    if PublicKey.objects.filter(key_id=key.key_id).exists():
        return
    fingerprint = keys.fingerprint(key.public)
    if PublicKey.objects.exists():
        record(KEY_INTRODUCED, actor=SEQUENCER, payload={"key": key.key_id, "fingerprint": fingerprint})
    PublicKey.objects.create(key_id=key.key_id, fingerprint=fingerprint, public=key.public, first_used_at=now())
