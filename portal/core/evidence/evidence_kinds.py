"""The entries that this room itself records."""

from portal.core.evidence.kinds import declare

KEY_INTRODUCED = declare(
    "evidence:key:introduced",
    fields=("key", "fingerprint"),
    sentence="{actor} began to sign with the key {key} ({fingerprint}).",
)
KEY_ROTATED = declare(
    "evidence:key:rotated",
    fields=("old", "new", "fingerprint"),
    sentence="{actor} announced that {new} ({fingerprint}) signs after {old}.",
)
ARTIFACT_EXPIRED = declare(
    "evidence:artifact:expired",
    fields=("digest", "retain_until"),
    sentence="{actor} removed the bytes of {digest}, kept until {retain_until}.",
)
HOLD_PLACED = declare(
    "evidence:hold:placed",
    fields=("digest", "reason"),
    sentence="{actor} forbade to remove {digest}: the digest of the reason is {reason}.",
)
HOLD_RELEASED = declare(
    "evidence:hold:released", fields=("digest",), sentence="{actor} allowed {digest} to expire again."
)
HOLD_ENDED = declare(
    "evidence:hold:ended",
    fields=("digest", "reason"),
    sentence="{actor} allowed {digest} to expire again: the digest of the reason is {reason}.",
)
