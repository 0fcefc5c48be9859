"""What the ledger keeps about runbooks."""

from portal.core.evidence.kinds import declare

WRITTEN = declare(
    "slo:runbook:written",
    fields=("runbook", "version", "digest"),
    sentence="{actor} wrote version {version} of the runbook {runbook}.",
)
CHOSEN = declare(
    "slo:runbook:chosen",
    fields=("slo", "asset", "runbook"),
    sentence="{actor} chose the runbook {runbook} for an SLO of {asset}.",
)
