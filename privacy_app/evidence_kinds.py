"""What the ledger says about deletion requests; payloads hold references, digests and counts only."""

from portal.core.evidence.kinds import declare

RECEIVED = declare(
    "privacy:request:received",
    fields=("request", "channel", "law"),
    sentence="{actor} received the deletion request {request} by {channel} under {law}.",
)
IDENTITY_VERIFIED = declare(
    "privacy:request:verified",
    fields=("request", "method"),
    sentence="{actor} found the identity behind {request} verified by {method}.",
)
SCOPE_FROZEN = declare(
    "privacy:scope:frozen",
    fields=("request", "resolved_set", "identifiers", "refused"),
    sentence="{actor} froze the scope of {request}: {identifiers} identifiers, {refused} claims left out.",
)
EDGE_DECIDED = declare(
    "privacy:edge:decided",
    fields=("request", "token", "decision", "reason_digest"),
    sentence="{actor} decided about a link of {request}: {decision}.",
)
UNMASKED = declare(
    "privacy:identifier:unmasked",
    fields=("request", "token", "kind", "reason_digest"),
    sentence="{actor} looked at a {kind} of {request} in clear and gave a reason.",
)
FINDING_DECIDED = declare(
    "privacy:finding:decided",
    fields=("request", "dataset", "decision", "reason_digest"),
    sentence="{actor} decided about {dataset} in the plan of {request}: {decision}.",
)
PLANNED = declare(
    "privacy:plan:submitted",
    fields=("request", "plan", "digest", "systems"),
    sentence="{actor} submitted plan {plan} of {request} over {systems} systems.",
)
SENT_BACK = declare(
    "privacy:plan:sent_back",
    fields=("request", "plan", "digest", "reason_digest"),
    sentence="{actor} sent plan {plan} of {request} back.",
)
APPROVED = declare(
    "privacy:plan:approved",
    fields=("request", "plan", "digest", "statement", "strength"),
    sentence="{actor} approved plan {plan} of {request}, signed by {strength}.",
)
STEP_DONE = declare(
    "privacy:step:done",
    fields=("request", "system", "dataset", "verdict", "rows", "attempts"),
    sentence="{actor} finished {dataset} in {system} for {request}: {verdict}.",
)
CHECKED = declare(
    "privacy:request:checked",
    fields=("request", "verification_hash", "systems", "headline"),
    sentence="{actor} queried every system again for {request}: {headline}",
)
COMPLETED = declare(
    "privacy:request:completed",
    fields=("request", "artifact", "verification_hash"),
    sentence="{actor} completed {request} with a proof.",
)
INCOMPLETE = declare(
    "privacy:request:partially_complete",
    fields=("request", "systems", "missing"),
    sentence="{actor} left {request} partially complete: {missing} of {systems} systems are not shown clean.",
)
CLOSED = declare(
    "privacy:request:closed",
    fields=("request", "state", "reason_digest"),
    sentence="{actor} closed {request}: {state}.",
)
PAUSED = declare(
    "privacy:request:paused",
    fields=("request", "state", "reason_digest"),
    sentence="{actor} changed the clock of {request}: {state}.",
)
SHREDDED = declare(
    "privacy:key:shredded",
    fields=("request",),
    sentence="{actor} destroyed the key of {request}; its identifiers can no longer be read.",
)
