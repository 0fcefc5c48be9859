"""What the ledger keeps about lineage: of its keeping of events, and of what people say about names."""

from portal.core.evidence.kinds import Kind, declare

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
RULE_ADDED = declare(
    "lineage:rewrite:added",
    fields=("rule", "pattern", "replacement", "scope", "subjects"),
    sentence="{actor} put rewrite rule {rule} in force ({scope}): {pattern} is read as {replacement}.",
)
RULE_REMOVED = declare(
    "lineage:rewrite:removed",
    fields=("rule", "pattern", "replacement", "scope", "subjects"),
    sentence="{actor} took back rewrite rule {rule} ({scope}): {pattern} is no longer read as {replacement}.",
)
MERGED = declare(
    "lineage:merge:said",
    fields=("merge", "one", "other", "reason_digest"),
    sentence="{actor} said that {one} and {other} are one dataset.",
)
PARTED = declare(
    "lineage:merge:undone",
    fields=("merge", "one", "other"),
    sentence="{actor} took back that {one} and {other} are one dataset.",
)
COVERAGE_COUNTED = declare(
    "lineage:coverage:counted",
    fields=("day", "covered", "total", "percent", "missing_digest"),
    sentence="{actor} counted lineage coverage of {day}: {covered} of {total} hops of tier-1 flows, {percent} %.",
)
DECLARED = declare(
    "lineage:edge:declared",
    fields=("declaration", "source", "target", "job"),
    sentence="{actor} declared that {source} feeds {target} through {job}.",
)
WITHDRAWN = declare(
    "lineage:edge:withdrawn",
    fields=("declaration", "source", "target", "job"),
    sentence="{actor} withdrew that {source} feeds {target} through {job}.",
)
LINKED = declare(
    "lineage:dataset:linked",
    fields=("dataset", "asset"),
    sentence="{actor} said that the dataset {dataset} is the asset {asset}.",
)

__all__ = [
    "ARCHIVED",
    "COVERAGE_COUNTED",
    "DECLARED",
    "LINKED",
    "MERGED",
    "PARTED",
    "REDACTED",
    "REMOVED",
    "REWRITTEN",
    "RULE_ADDED",
    "RULE_REMOVED",
    "WITHDRAWN",
    "Kind",
]
REPLAYED = declare(
    "lineage:events:replayed",
    fields=("token", "kept", "known", "refused"),
    sentence="{actor} replayed lineage events from a file (token {token}): {kept} kept, {known} known already, "
    "{refused} refused.",
)
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
