"""What lineage tells people of."""

from portal.core.notify.subjects import declare

FINDINGS = declare(
    "lineage.findings",
    "Findings about your teams' jobs",
    "Runs that are late, failed or sent no lineage, told to who is on call, else to the owners.",
)
