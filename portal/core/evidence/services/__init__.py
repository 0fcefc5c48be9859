"""What the evidence room does for the rooms above it."""

from portal.core.evidence.services.anchoring import AnchorFailed, cast_due, standing
from portal.core.evidence.services.artifacts import (
    ArtifactKept,
    expire_artifact,
    expire_due,
    place_hold,
    release_hold,
    store_artifact,
    store_file,
)
from portal.core.evidence.services.audit import audit_tree, run_audit
from portal.core.evidence.services.bundles import EntryPending, build_bundle, place_of
from portal.core.evidence.services.publishing import publish_in_folder
from portal.core.evidence.services.recording import record
from portal.core.evidence.services.rotation import RotationRefused, announce, rotate
from portal.core.evidence.services.sequencing import sequence, sequence_all
from portal.core.evidence.services.stamping import stamp_latest, stamp_over

__all__ = [
    "AnchorFailed",
    "ArtifactKept",
    "EntryPending",
    "RotationRefused",
    "announce",
    "audit_tree",
    "build_bundle",
    "cast_due",
    "expire_artifact",
    "expire_due",
    "place_hold",
    "place_of",
    "publish_in_folder",
    "record",
    "release_hold",
    "rotate",
    "run_audit",
    "sequence",
    "sequence_all",
    "stamp_latest",
    "stamp_over",
    "standing",
    "store_artifact",
    "store_file",
]
