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
SOURCE_LEFT_OUT = declare(
    "privacy:source:left_out",
    fields=("request", "source", "reason_digest"),
    sentence="{actor} left the identity source {source} out of {request} and gave a reason.",
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
RECIPIENT_KEPT = declare(
    "privacy:recipient:kept",
    fields=("recipient", "channel", "kinds"),
    sentence="{actor} registered {recipient} as a recipient of personal data, told by {channel} ({kinds}).",
)
RECIPIENT_TOLD = declare(
    "privacy:recipient:told",
    fields=("request", "recipient"),
    sentence="{actor} told {recipient} about the erasure of {request}.",
)
RECIPIENT_ANSWERED = declare(
    "privacy:recipient:answered",
    fields=("request", "recipient", "outcome", "receipt"),
    sentence="{actor} kept the answer of {recipient} about {request}: {outcome}, receipt {receipt}.",
)
DUTY_OPENED = declare(
    "privacy:duty:opened",
    fields=("request", "model", "due"),
    sentence="{actor} gave {model} a duty after {request}: retrain it or document a basis by {due}.",
)
DUTY_ENDED = declare(
    "privacy:duty:ended",
    fields=("request", "model", "how", "reason_digest"),
    sentence="{actor} ended the duty of {model} after {request}: {how}.",
)
APART = declare(
    "privacy:plan:apart",
    fields=("request", "plan", "system", "dataset", "what", "decision"),
    sentence="{actor} decided apart about {dataset} in {system} for {request}: {what}, {decision}.",
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
HANDED_OVER = declare(
    "privacy:task:handed_over",
    fields=("request", "system", "dataset", "due"),
    sentence="{actor} handed {dataset} in {system} of {request} to a person, due {due}.",
)
ATTESTED = declare(
    "privacy:task:attested",
    fields=("request", "system", "dataset", "outcome", "rows", "document", "statement_digest"),
    sentence="{actor} attested for {request} about {dataset} in {system}: {outcome}, {rows} records.",
)
DOCUMENT_READ = declare(
    "privacy:document:read",
    fields=("request", "document", "reason_digest"),
    sentence="{actor} read the attestation {document} of {request} and gave a reason.",
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
RECHECK_ASKED = declare(
    "privacy:recheck:asked",
    fields=("request",),
    sentence="{actor} asked to look again for the subject of {request}.",
)
RECHECKED = declare(
    "privacy:recheck:done",
    fields=("request", "why", "how", "datasets", "found", "unasked"),
    sentence=(
        "{actor} looked again for the subject of {request} in {datasets} datasets by {how}: found in {found}, "
        "not asked {unasked}."
    ),
)
REOPENED = declare(
    "privacy:request:reopened",
    fields=("request", "why", "datasets"),
    sentence="{actor} found the subject of {request} again in {datasets} datasets and reopened the request.",
)
REPLANNED = declare(
    "privacy:request:replanned",
    fields=("request",),
    sentence="{actor} sent the reopened {request} back to planning; its earlier proof is kept.",
)
CLOSED_AGAIN = declare(
    "privacy:request:closed_again",
    fields=("request", "reason_digest"),
    sentence="{actor} closed the reopened {request} and left its proof as it is, with a reason.",
)
REPLAYED = declare(
    "privacy:restore:replayed",
    fields=("system", "taken_at", "listed", "matched", "rows", "left", "unlistable", "rehearsal"),
    sentence="{actor} replayed the suppression list on {system}: {matched} of {listed} values erased, {left} left.",
)
WENT_LIVE = declare(
    "privacy:restore:live",
    fields=("system", "taken_at"),
    sentence="{actor} let the restored {system} go live after its replay.",
)
SUPPRESSION_EXPIRED = declare(
    "privacy:suppression:expired",
    fields=("tokens", "key_versions"),
    sentence="{actor} removed {tokens} expired tokens from the suppression list.",
)
SUPPRESSION_ROTATED = declare(
    "privacy:suppression:rotated",
    fields=("version", "fingerprint"),
    sentence="{actor} made version {version} of the suppression key; older tokens are still compared.",
)
SUPPRESSION_KEY_DESTROYED = declare(
    "privacy:suppression:key_destroyed",
    fields=("version",),
    sentence="{actor} destroyed version {version} of the suppression key: no token of it is left.",
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
EXTENDED = declare(
    "privacy:request:extended",
    fields=("request", "law", "due", "reason_digest"),
    sentence="{actor} extended the deadline of {request} under {law} to {due} and wrote so to the subject.",
)
LETTER_WRITTEN = declare(
    "privacy:letter:written",
    fields=("request", "letter", "way", "digest"),
    sentence="{actor} wrote the letter “{letter}” of {request} by {way}.",
)
LETTER_POSTED = declare(
    "privacy:letter:posted",
    fields=("request", "letter", "digest"),
    sentence="{actor} put the letter “{letter}” of {request} into the post.",
)
TEXT_CHANGED = declare(
    "privacy:text:changed",
    fields=("letter", "language", "digest"),
    sentence="{actor} changed the text of the letter “{letter}” ({language}).",
)
TEXT_RESTORED = declare(
    "privacy:text:restored",
    fields=("letter", "language"),
    sentence="{actor} put the letter “{letter}” ({language}) back to its built-in text.",
)
FILE_TAKEN = declare(
    "privacy:file:taken",
    fields=("file", "rows", "refused"),
    sentence="{actor} had a file of {rows} requests taken in; {refused} of its lines were refused.",
)
SHREDDED = declare(
    "privacy:key:shredded",
    fields=("request",),
    sentence="{actor} destroyed the key of {request}; its identifiers can no longer be read.",
)
PURGED = declare(
    "privacy:request:purged",
    fields=("request", "sealed", "texts", "codes", "letters"),
    sentence="{actor} emptied the record of {request}: {sealed} sealed values, {texts} texts, {codes} codes and "
    "{letters} letters.",
)
KEPT_LONGER = declare(
    "privacy:record:kept_longer",
    fields=("request", "until", "reason_digest"),
    sentence="{actor} keeps the record of {request} until {until}, since a complaint runs.",
)
KEPT_NO_LONGER = declare(
    "privacy:record:kept_no_longer",
    fields=("request", "until"),
    sentence="{actor} ended the complaint about {request}: its record is kept until {until}.",
)
REWRITTEN = declare(
    "privacy:tables:rewritten",
    fields=("tables", "requests"),
    sentence="{actor} rewrote {tables} tables, so that no old row version of {requests} purged requests is in them.",
)
HOLD_PLACED = declare(
    "privacy:hold:placed",
    fields=("hold", "kind", "basis", "scope", "subjects", "request", "ends_on", "review_on", "reason_digest"),
    sentence="{actor} placed hold {hold} ({kind}, {basis}) on {scope}.",
)
HOLD_REVIEWED = declare(
    "privacy:hold:reviewed",
    fields=("hold", "ends_on", "review_on", "reason_digest"),
    sentence="{actor} looked at hold {hold} again and keeps it (last day {ends_on}, next look {review_on}).",
)
HOLD_RELEASED = declare(
    "privacy:hold:released",
    fields=("hold", "reason_digest"),
    sentence="{actor} released hold {hold}; what it kept can be erased.",
)
STEP_KEPT = declare(
    "privacy:step:kept",
    fields=("request", "system", "dataset", "hold", "basis"),
    sentence="{actor} left {dataset} in {system} as it is for {request}: hold {hold}, {basis}.",
)
PLANNED_AGAIN = declare(
    "privacy:request:planned_again",
    fields=("request", "proof", "reason_digest"),
    sentence="{actor} opened {request} again to erase what a hold had kept; its earlier proof stays.",
)
ASKED_WHOSE = declare(
    "privacy:proof:asked",
    fields=("request", "answer"),
    sentence="{actor} held an identifier with a complainant's key against the proof {request}: it {answer}.",
)
RISK_APPROVED = declare(
    "privacy:plan:risk_approved",
    fields=("request", "plan", "digest", "statement", "strength"),
    sentence="{actor} approved the high risk of plan {plan} of {request}, signed by {strength}.",
)
BULK_APPROVED = declare(
    "privacy:plans:approved",
    fields=("digest", "plans", "statement", "strength"),
    sentence="{actor} approved {plans} plans by one signature ({strength}) over the list {digest}.",
)
ASSIGNED = declare(
    "privacy:request:assigned",
    fields=("request", "to"),
    sentence="{actor} gave {request} to {to}.",
)
