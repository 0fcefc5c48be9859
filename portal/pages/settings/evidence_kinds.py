"""What the ledger keeps of setting the portal up."""

from portal.core.evidence.kinds import declare

ATTESTED = declare(
    "settings:step:attested",
    fields=("step", "about"),
    sentence="{actor} stated that the set-up step {step} is done ({about}).",
)
MAIL_TRIED = declare(
    "settings:mail:tried",
    fields=("key",),
    sentence="{actor} had a test message sent to themselves.",
)
