"""What the evidence room does for the rooms above it."""

from portal.core.evidence.services.artifacts import (
    ArtifactKept,
    expire_artifact,
    expire_due,
    place_hold,
    release_hold,
    store_artifact,
)
from portal.core.evidence.services.audit import audit_tree, run_audit
from portal.core.evidence.services.bundles import EntryPending, build_bundle, place_of
from portal.core.evidence.services.recording import record
from portal.core.evidence.services.sequencing import sequence, sequence_all
from portal.core.evidence.services.stamping import stamp_latest

__all__ = [
    "ArtifactKept",
    "EntryPending",
    "audit_tree",
    "build_bundle",
    "expire_artifact",
    "expire_due",
    "place_hold",
    "place_of",
    "record",
    "release_hold",
    "run_audit",
    "sequence",
    "sequence_all",
    "stamp_latest",
    "store_artifact",
]
