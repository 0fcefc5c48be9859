"""What waits for a person in the life of contracts: answers to give, objections to weigh, dates that come near."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from contracts_app import selectors
from portal.core.catalog.worklist import WorkItem, worklist


@worklist(order=15)
def answers_to_give(user: Any) -> Iterator[WorkItem]:
    """Versions that ask a team of this person, and objections that the accountable person may weigh."""
    for version, one in selectors.to_answer(user):
        url = reverse("contracts:answer", args=[version.pk])
        text = f"Accept {version} for {one.team}, or object to it"
        if version.ends_at:
            text = f"Accept for {one.team} that {version.contract.name} ends"
        when = version.ends_at or version.notice_ends_at or version.proposed_at or version.created_at
        yield WorkItem("To answer", text, url, when, "No answer yet", "wait")
    for version, one in selectors.to_weigh(user):
        url = reverse("contracts:overrule", args=[version.pk, one.team.pk])
        yield WorkItem(
            "To answer", f"Weigh the objection of {one.team} to {version}", url, one.latest.at, "Objects", "bad"
        )


@worklist(order=60)
def dates_to_come(user: Any) -> Iterator[WorkItem]:
    """Dates of the next thirty days in contracts that this person's teams own or consume."""
    for version, deadline in selectors.due_soon(user):
        url = f"{version.get_absolute_url()}&tab=life"
        yield WorkItem(
            "Due soon", f"{version}: {deadline.text}", url, deadline.when, deadline.kind.capitalize(), "info"
        )
