"""What the SLOs tell people of who are not on call."""

from portal.core.notify.subjects import declare

BREACHES = declare(
    "slo_breaches",
    "SLO breaches that the RACI has you told of",
    "Each breach of an asset for which you are consulted or informed, and the breaches of a day for the workstream.",
)
