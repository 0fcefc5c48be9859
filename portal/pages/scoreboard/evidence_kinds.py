"""What the ledger keeps of the scoreboard."""

from portal.core.evidence.kinds import declare

DAY_COUNTED = declare(
    "scoreboard:day:counted",
    fields=("day", "targets", "reached", "figures_digest"),
    sentence="{actor} counted the scoreboard of {day}: {reached} of {targets} targets reached.",
)
DAY_SIGNED_OFF = declare(
    "scoreboard:day:signed_off",
    fields=("day", "points", "open", "points_digest", "note_digest"),
    sentence="{actor} closed the day {day}: {points} points, {open} of them open.",
)
DUMMY_NAMED = declare(
    "scoreboard:dummy:named",
    fields=("request",),
    sentence="{actor} named the subject of {request} a dummy of the programme's own rehearsal.",
)
PACK_MADE = declare(
    "scoreboard:pack:made",
    fields=("pack", "since", "until", "digest", "pdf"),
    sentence="{actor} made {pack} of {since} to {until}.",
)
