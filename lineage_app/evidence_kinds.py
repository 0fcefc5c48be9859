"""What the ledger keeps about lineage's own keeping of events: digests, counts and references, never an identifier."""

from portal.core.evidence.kinds import declare

ARCHIVED = declare(
    "lineage:archive:written",
    fields=("month", "digest", "events", "bytes"),
    sentence="{actor} archived {events} lineage events of {month} as {digest}.",
)
REWRITTEN = declare(
    "lineage:archive:rewritten",
    fields=("month", "digest", "replaced", "events", "why"),
    sentence="{actor} replaced the lineage archive {replaced} of {month} by {digest}: {why}.",
)
REMOVED = declare(
    "lineage:archive:removed",
    fields=("month", "digest", "events"),
    sentence="{actor} removed the lineage archive {digest} of {month} with {events} events.",
)
REDACTED = declare(
    "lineage:events:redacted",
    fields=("reference", "events", "archives", "rows"),
    sentence="{actor} redacted {events} lineage events, {archives} archives and {rows} rows for {reference}.",
)
