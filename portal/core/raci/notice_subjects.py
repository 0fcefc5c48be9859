"""What the matrix tells people of."""

from portal.core.notify.subjects import declare

RACI = declare(
    "raci",
    "The RACI",
    "Proposals that you are asked to sign, and new versions of rows that name your team, role or post.",
)
