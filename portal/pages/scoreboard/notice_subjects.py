"""What the scoreboard tells people of."""

from portal.core.notify.subjects import declare

TARGETS = declare(
    "scoreboard",
    "Targets that you answer for",
    "A target of the programme that was reached and is missed now.",
)
