"""Deletion proofs are given within 72 hours of the request's receipt, waiting times included."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.core.identity.policies import Act
from portal.core.identity.roles import Role
from portal.core.web.times import duration
from portal.pages.scoreboard.figures import LISTED, Figure, Gap, share
from portal.pages.scoreboard.registry import target
from privacy_app.selectors.punctuality import overdue, punctuality

WINDOW = timedelta(days=28)


@target(
    "deletion",
    title="Deletion proofs within 72 hours",
    goal="100 % within 72 h",
    order=40,
    line=100,
    owner=Role.PRIVACY_OFFICER,
    workstream="deletion-proof-program",
    alert="Page at 48 hours of a request's age; letter to the privacy officers on the day the target is lost.",
    runbook=(
        "Open the inbox by hours left: the request says which system or person it waits for.",
        "A system failed: read its own error on the request's page, mend it, and try the step again.",
        "It waits for the subject: the clock runs all the same; remind, or end it with the reason.",
        "It waits for approval: the second officer signs; high risk waits for the head of data.",
    ),
    source="privacy:inbox?overdue=yes",
    sees=Act.COUNT_REQUESTS,
    lists=Act.READ_REQUESTS,
)
def deletion(at: datetime) -> Figure:
    """Of the proofs of 28 days, and of what is owed since longer than 72 hours, the share that came in time."""
    found = punctuality(at - WINDOW, at)
    late = [
        Gap(request.req_id, f"Received {duration(at - request.received_at)} ago; {request.state_words.lower()}.",
            request.get_absolute_url(), "Open the request")
        for request in overdue(at)[:LISTED]
    ]  # fmt: skip
    note = f"Median {duration(found.median)} from receipt to proof, in 28 days." if found.median is not None else ""
    none = "No request was proved in 28 days, and none is overdue."
    return share(found.in_time, found.total, goal=100, gaps=late, missing=found.overdue, note=note or none)
