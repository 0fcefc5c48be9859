"""What the ledger keeps of the evidence room's own work."""

from portal.core.evidence.kinds import declare

PACK_MADE = declare(
    "evidence:pack:made",
    fields=("pack", "digest", "manifest", "since", "until", "bundles", "left_out"),
    sentence="{actor} made {pack}: {bundles} bundles of {since} to {until}, {left_out} left out.",
)
REPORTED = declare(
    "evidence:incident:reported",
    fields=("incident", "asset", "digest"),
    sentence="{actor} wrote down what is known of {incident} about {asset}, for a bundle.",
)
RETENTION_RUN = declare(
    "evidence:retention:run",
    fields=("rules", "removed", "problems", "counts"),
    sentence="{actor} applied {rules} rules of retention: {removed} rows ended ({counts}), {problems} problems.",
)
