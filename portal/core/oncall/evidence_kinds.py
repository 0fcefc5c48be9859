"""What the ledger keeps about who is on call and who was told."""

from portal.core.evidence.kinds import declare

PLANNED = declare(
    "oncall:rotation:planned",
    fields=("rotation", "team", "starts_on", "layer", "people", "period"),
    sentence="{actor} planned the rotation {rotation} of {team} from {starts_on}: {people} people, a {period} each.",
)
OVERRIDDEN = declare(
    "oncall:override:made",
    fields=("rotation", "team", "starts_at", "ends_at"),
    sentence="{actor} gave a shift of {rotation} of {team} to somebody, {starts_at} to {ends_at}.",
)
WITHDRAWN = declare(
    "oncall:override:withdrawn",
    fields=("rotation", "team", "starts_at", "ends_at"),
    sentence="{actor} withdrew the override of {rotation} of {team}, {starts_at} to {ends_at}.",
)
POLICY_SET = declare(
    "oncall:policy:set",
    fields=("team", "levels", "repeats"),
    sentence="{actor} set the escalation of {team}: {levels} levels, {repeats} repeats.",
)
OPENED = declare(
    "oncall:page:opened",
    fields=("page", "team", "key_digest", "severity"),
    sentence="{page} was opened for {team}.",
)
ACKNOWLEDGED = declare(
    "oncall:page:acknowledged",
    fields=("page", "team", "seconds"),
    sentence="{actor} acknowledged {page} of {team} after {seconds} s.",
)
RESOLVED = declare(
    "oncall:page:resolved",
    fields=("page", "team", "seconds"),
    sentence="{actor} resolved {page} of {team} after {seconds} s.",
)
UNREACHED = declare(
    "oncall:page:unreached",
    fields=("page", "team"),
    sentence="{page} reached nobody: every level of {team} is empty.",
)
