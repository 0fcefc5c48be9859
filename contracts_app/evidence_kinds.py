"""The ledger's kinds of contracts."""

from portal.core.evidence.kinds import declare

PROPOSED = declare(
    "contracts:version:proposed",
    fields=("contract", "version", "digest", "bump", "roles", "report"),
    sentence="{actor} proposed {contract} {version} (change: {bump}).",
)
WITHDRAWN = declare(
    "contracts:version:withdrawn",
    fields=("contract", "version", "digest", "reason_digest"),
    sentence="{actor} withdrew {contract} {version}.",
)
SIGNED = declare(
    "contracts:version:signed",
    fields=("contract", "version", "digest", "capacity", "method", "signature"),
    sentence="{actor} signed {contract} {version} as {capacity}.",
)
SCHEDULED = declare(
    "contracts:version:scheduled",
    fields=("contract", "version", "digest", "notice_ends"),
    sentence="{contract} {version} is fully signed; its notice ends {notice_ends}.",
)
ACTIVATED = declare(
    "contracts:version:activated",
    fields=("contract", "version", "digest", "asset"),
    sentence="{contract} {version} came into force for {asset}.",
)
ENDED = declare(
    "contracts:version:ended",
    fields=("contract", "version", "digest", "state", "successor"),
    sentence="{contract} {version} is {state}; its successor is {successor}.",
)
WAIVER_SIGNED = declare(
    "contracts:waiver:signed",
    fields=("waiver", "rule", "contract", "digest", "expires", "reason_digest", "method"),
    sentence="{actor} waived {rule} of {contract} until {expires}.",
)
WAIVER_REVOKED = declare(
    "contracts:waiver:revoked",
    fields=("waiver", "rule", "contract", "digest", "reason_digest"),
    sentence="{actor} revoked the waiver of {rule} of {contract}.",
)
TESTED = declare(
    "contracts:version:tested",
    fields=("contract", "version", "digest", "run", "state", "rows", "ok", "failed", "not_run"),
    sentence="{contract} {version} was tested on {rows} live rows before it may come into force: {state}, "
    "{ok} checks kept, {failed} failed, {not_run} not run.",
)
ENDING = declare(
    "contracts:version:ending",
    fields=("contract", "version", "digest", "ends", "reason_digest"),
    sentence="{actor} ends {contract}: {version} is retired on {ends} with no successor, or when all consumers accept.",
)
_ANSWER = ("contract", "version", "digest", "consumer", "answer", "reason_digest")
ANSWERED = {
    "accepted": declare(
        "contracts:answer:accepted", fields=_ANSWER, sentence="{actor} accepted {contract} {version} for {consumer}."
    ),
    "objected": declare(
        "contracts:answer:objected", fields=_ANSWER, sentence="{actor} objected to {contract} {version} for {consumer}."
    ),
    "withdrawn": declare(
        "contracts:answer:withdrawn",
        fields=_ANSWER,
        sentence="{actor} withdrew the objection of {consumer} to {contract} {version}.",
    ),
    "overruled": declare(
        "contracts:answer:overruled",
        fields=_ANSWER,
        sentence="{actor} overruled the objection of {consumer} to {contract} {version}.",
    ),
    "notified": declare(
        "contracts:answer:notified",
        fields=_ANSWER,
        sentence="{consumer} let the notice of {contract} {version} pass without an answer and counts as notified.",
    ),
}
"""What is recorded for each answer of a consumer, by what it said."""
GROUNDS = declare(
    "contracts:version:grounds",
    fields=("contract", "version", "digest", "change", "reference", "reason_digest"),
    sentence="{actor} gave grounds for {change} in {contract} {version}: {reference}.",
)
