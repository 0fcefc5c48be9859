"""What the ledger keeps about service levels."""

from portal.core.evidence.kinds import declare

PROMISED = declare(
    "slo:slo:promised",
    fields=("slo", "asset", "kind", "target", "alert", "contract", "version"),
    sentence="{actor} set {kind} of {asset} to {target}, alert {alert}, from {contract} {version}.",
)
RETIRED = declare(
    "slo:slo:retired",
    fields=("slo", "asset", "kind", "contract", "version"),
    sentence="{actor} stopped measuring {kind} of {asset}: {contract} {version} no longer promises it.",
)
BASELINED = declare(
    "slo:baseline:made",
    fields=("slo", "asset", "element", "baseline", "rows", "digest", "reason_digest"),
    sentence="{actor} made baseline {baseline} of {element} of {asset} from {rows} rows.",
)
FOUND_BROKEN = declare(
    "slo:finding:broken",
    fields=("asset", "kind", "promised", "contract", "version", "facts_digest"),
    sentence="{kind} of {asset} was found broken: {contract} {version} promises {promised}.",
)
FOUND_KEPT = declare(
    "slo:finding:ended",
    fields=("asset", "kind", "seconds", "how"),
    sentence="{kind} of {asset} is no longer broken after {seconds} s ({how}).",
)
ATTESTED = declare(
    "slo:system:attested",
    fields=("system", "on", "how_digest"),
    sentence="{actor} attested that {system} was encrypted at rest on {on}.",
)
FIRED = declare(
    "slo:incident:fired",
    fields=("incident", "slo", "asset", "kind", "value", "measurement"),
    sentence="{incident} fired: {kind} of {asset} was {value}.",
)
REOPENED = declare(
    "slo:incident:reopened",
    fields=("incident", "slo", "asset", "kind", "value", "measurement"),
    sentence="{incident} opened again: {kind} of {asset} was {value}.",
)
ACKNOWLEDGED = declare(
    "slo:incident:acknowledged",
    fields=("incident", "slo", "asset", "seconds"),
    sentence="{actor} acknowledged {incident} about {asset} after {seconds} s.",
)
SILENCE_MADE = declare(
    "slo:silence:made",
    fields=("silence", "team", "alerts", "starts", "until", "reason_digest"),
    sentence="{actor} silenced alerts of {team} ({alerts}) from {starts} until {until}.",
)
SILENCE_ENDED = declare(
    "slo:silence:ended",
    fields=("silence", "team", "alerts"),
    sentence="{actor} ended the silence of alerts of {team} ({alerts}) early.",
)
# Of silences before they had matchers; its entries stay readable.
SILENCED = declare(
    "slo:alert:silenced",
    fields=("slo", "asset", "until", "reason_digest"),
    sentence="{actor} silenced the alert of {asset} until {until}.",
)
RESOLVED = declare(
    "slo:incident:resolved",
    fields=("incident", "slo", "asset", "seconds", "how"),
    sentence="{incident} about {asset} was resolved by {actor} after {seconds} s ({how}).",
)
POSTMORTEM = declare(
    "slo:incident:postmortem",
    fields=("incident", "slo", "asset", "text_digest"),
    sentence="{actor} wrote the post-mortem of {incident} about {asset}.",
)
SPENT = declare(
    "slo:budget:spent",
    fields=("slo", "asset", "kind", "bad", "total", "days"),
    sentence="The error budget of {kind} of {asset} is spent: {bad} of {total} bad in {days} days.",
)
RESTORED = declare(
    "slo:budget:restored",
    fields=("slo", "asset", "kind", "bad", "total", "days"),
    sentence="The error budget of {kind} of {asset} has something left again: {bad} of {total} bad in {days} days.",
)
MADE = declare(
    "slo:slo:made",
    fields=("slo", "asset", "kind", "name", "target", "alert"),
    sentence="{actor} set {kind} of {asset} ({name}) by hand to {target}, alert {alert}.",
)
CHANGED = declare(
    "slo:slo:changed",
    fields=("slo", "asset", "kind", "name", "target", "alert"),
    sentence="{actor} changed {kind} of {asset} ({name}) to {target}, alert {alert}.",
)
SWITCHED_OFF = declare(
    "slo:slo:stopped",
    fields=("slo", "asset", "kind", "name"),
    sentence="{actor} stopped measuring {kind} of {asset} ({name}).",
)
SWITCHED_ON = declare(
    "slo:slo:resumed",
    fields=("slo", "asset", "kind", "name"),
    sentence="{actor} began to measure {kind} of {asset} ({name}) again.",
)
DRILL_STARTED = declare(
    "slo:drill:started",
    fields=("drill", "team", "asset"),
    sentence="{actor} started {drill}, a fire drill of {team} on {asset}.",
)
DRILL_PASSED = declare(
    "slo:drill:passed",
    fields=("drill", "team", "asset", "incident", "measurement", "fired_s", "delivered_s", "acknowledged_s"),
    sentence="{drill} of {team} passed: fired after {fired_s} s ({incident}), delivered after {delivered_s} s, "
    "acknowledged after {acknowledged_s} s.",
)
DRILL_FAILED = declare(
    "slo:drill:failed",
    fields=("drill", "team", "asset", "missing"),
    sentence="{drill} of {team} failed: it was not {missing} in time.",
)
RUNBOOK_WRITTEN = declare(
    "slo:runbook:written",
    fields=("runbook", "version", "digest"),
    sentence="{actor} wrote version {version} of the runbook {runbook}.",
)
RUNBOOK_CHOSEN = declare(
    "slo:runbook:chosen",
    fields=("slo", "asset", "runbook"),
    sentence="{actor} chose the runbook {runbook} for an SLO of {asset}.",
)
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
