"""The nightly recomputation: the whole tree from its entries, compared with everything that is stored."""

import logging
from collections.abc import Iterator

from django.db.models import Q

from portal.core.clock.services import now
from portal.core.evidence import verify
from portal.core.evidence.domain import merkle
from portal.core.evidence.models import Artifact, AuditRun, Checkpoint, Entry, Leaf, Node, PublicKey
from portal.core.evidence.selectors import ArtifactDamaged, ArtifactGone, artifact_path, checked_path

BATCH = 1000
_log = logging.getLogger(__name__)


def run_audit() -> AuditRun:
    """Recompute everything, keep the result, and say it loudly when something does not fit."""
    started = now()
    size, faults = audit_tree()
    faults += list(_artifact_faults())
    if faults:
        _log.error("the evidence ledger does not fit its entries: %d faults, the first: %s", len(faults), faults[0])
    return AuditRun.objects.create(started_at=started, finished_at=now(), size=size, faults=faults[:100])


def audit_tree() -> tuple[int, list[str]]:
    """(number of entries, faults as sentences) after recomputing the tree from the rows of the entries."""
    size = 0
    peaks: list[bytes] = []
    faults: list[str] = []
    checkpoints = {row.size: row for row in Checkpoint.objects.order_by("size")}
    keys = {row.key_id: bytes(row.public) for row in PublicKey.objects.all()}
    while batch := list(Leaf.objects.filter(index__gte=size).select_related("entry").order_by("index")[:BATCH]):
        begin = size
        computed: dict[merkle.Node, bytes] = {}
        for leaf in batch:
            if leaf.index != size:
                return size, [*faults, f"Number {size} of the ledger is missing."]
            peaks, full = merkle.grow(size, peaks, merkle.leaf_hash(leaf.entry.leaf_bytes()))
            computed |= full
            size += 1
            if size in checkpoints:
                faults += _checkpoint_faults(checkpoints.pop(size), merkle.fold(peaks), keys)
        faults += _node_faults(begin, size, computed)
    faults += [f"The checkpoint of {left} entries has no entries behind it." for left in sorted(checkpoints)]
    return size, faults + list(_lost_entries())


def _checkpoint_faults(row: Checkpoint, root: bytes, keys: dict[str, bytes]) -> Iterator[str]:
    if not verify.note_signed(row.note, keys.get(row.key_id, b"")):
        yield f"The checkpoint of {row.size} entries is not signed by a key of ours."
    elif verify.parse_checkpoint(row.note)[1:] != (row.size, root):
        yield f"The entries do not give the root that the checkpoint of {row.size} entries was signed with."


def _node_faults(begin: int, end: int, computed: dict[merkle.Node, bytes]) -> Iterator[str]:
    """Stored nodes that differ from the computed ones; for a leaf the sentence names the entry."""
    wanted = Q()
    for level in range(end.bit_length()):
        wanted |= Q(level=level, index__gte=begin >> level, index__lt=end >> level)
    stored = {(row.level, row.index): bytes(row.hash) for row in Node.objects.filter(wanted)}
    for place in sorted(computed):
        if stored.get(place) == computed[place]:
            continue
        level, index = place
        if level == 0:
            entry = Leaf.objects.get(index=index).entry_id
            yield f"Entry {entry} (number {index}) is not what was recorded: its row was changed."
        else:
            yield f"The node {place} of the tree does not fit its entries."


def _lost_entries() -> Iterator[str]:
    """Entries that neither have a number nor wait for one: somebody removed their place in the queue."""
    lost = Entry.objects.filter(leaf=None, pending=None).values_list("pk", flat=True)[:100]
    return (f"Entry {pk} has no number and does not wait for one." for pk in lost)


def _artifact_faults() -> Iterator[str]:
    digests = Artifact.objects.order_by().values_list("digest", flat=True).distinct()
    for digest in digests.iterator():
        try:
            checked_path(digest)
        except ArtifactDamaged as error:
            yield str(error)
        except ArtifactGone as error:
            if "expired on" not in str(error):
                yield f"{error} It should lie at {artifact_path(digest).name}."
