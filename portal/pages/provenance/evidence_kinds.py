"""What the ledger keeps of provenance answers."""

from portal.core.evidence.kinds import declare

ANSWER_GIVEN = declare(
    "evidence:provenance:answered",
    fields=("subject", "as_of", "digest", "inputs", "runs", "gaps"),
    sentence="{actor} took the provenance answer about {subject} as of {as_of}: {inputs} inputs over {runs} runs, "
    "{gaps} gaps.",
)
