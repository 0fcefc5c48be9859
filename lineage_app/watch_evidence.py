"""The ledger's kinds of the watch over runs."""

from portal.core.evidence.kinds import declare

EXPECTATION_DECLARED = declare(
    "lineage:expectation:declared",
    fields=("job", "schedule", "longest"),
    sentence="{actor} expects {job} to run: {schedule}.",
)
EXPECTATION_WITHDRAWN = declare(
    "lineage:expectation:withdrawn",
    fields=("job", "schedule"),
    sentence="{actor} no longer expects {job} to run: {schedule}.",
)
FINDING_MUTED = declare(
    "lineage:finding:muted",
    fields=("job", "kind", "days", "reason_digest"),
    sentence="{actor} muted the finding “{kind}” of {job} for {days} days.",
)
