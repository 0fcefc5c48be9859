"""What the ledger keeps about the throttle: overrides, and the classes of consumers."""

from portal.core.evidence.kinds import declare

OVERRIDDEN = declare(
    "slo:throttle:overridden",
    fields=("override", "asset", "consumer", "factor", "until", "reason_digest"),
    sentence="{actor} set the throttle of {asset} for {consumer} to {factor} until {until}.",
)
OVERRIDE_ENDED = declare(
    "slo:throttle:restored",
    fields=("override", "asset", "consumer"),
    sentence="{actor} ended the override of {asset} for {consumer}.",
)
CLASSED = declare(
    "slo:consumer:classed",
    fields=("consumer", "class", "hints"),
    sentence="{actor} put {consumer} into the class {class}, hints: {hints}.",
)
CLASS_SET = declare(
    "slo:consumers:set",
    fields=("class", "on_unknown", "version"),
    sentence="{actor} set the class {class} to {on_unknown} where nothing is known (version {version}).",
)
