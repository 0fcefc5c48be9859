"""What the ledger records about signatures."""

from __future__ import annotations

from portal.core.evidence.kinds import declare

SIGNED = declare(
    "signing:signature:given",
    fields=("purpose", "ref", "digest", "version", "role", "method", "statement", "key", "proof"),
    sentence="{actor} signed {purpose} {ref}, version {version}, as {role} ({method}).",
)
