"""What waits for a person in the life of contracts: to sign, to answer, to mend, and the dates that come near."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from contracts_app import selectors
from contracts_app.states import state_of_run
from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.clock.services import now

MOST = 20
"""Proposals on a first page, the oldest; the approval queue has them all."""


@worklist(order=10)
def versions_to_sign(user: Any) -> Iterator[WorkItem]:
    """Proposals that wait for this person."""
    waiting, more = selectors.to_sign(user, MOST)
    when = now()
    for version, role in waiting:
        url = reverse("contracts:sign", args=[version.pk])
        when = version.proposed_at or version.created_at
        yield WorkItem("To sign", f"Sign {version} as {role}", url, when, "Proposed", "wait")
    if more:
        text = f"See the others: more than {MOST} proposals wait"
        yield WorkItem("To sign", text, f"{reverse('contracts:queue')}?mine=1", when, "Proposed", "wait")


@worklist(order=15)
def waivers_to_sign(user: Any) -> Iterator[WorkItem]:
    """Waivers that wait for the head of data."""
    for waiver in selectors.to_sign_waivers(user):
        url = reverse("contracts:sign_waiver", args=[waiver.pk])
        yield WorkItem("To sign", f"Waive {waiver.rule}: {waiver.reason[:80]}", url, waiver.asked_at, "Asked", "wait")


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


@worklist(order=20)
def drafts_to_fix(user: Any) -> Iterator[WorkItem]:
    """Drafts that this person may write and that the check does not pass."""
    for version, errors in selectors.drafts_with_findings(user):
        url = reverse("contracts:edit", args=[version.contract_id])
        text = f"Mend the draft of {version.contract.name}: {errors} finding{'s' if errors != 1 else ''}"
        yield WorkItem("To fix", text, url, version.edited_at, "Draft", "warn")


@worklist(order=25)
def tests_to_mend(user: Any) -> Iterator[WorkItem]:
    """Contracts in force whose newest test on live data did not pass, for those who write them."""
    for run in selectors.failed_tests(user):
        failed, not_run = run.counts.get("failed", 0), run.counts.get("not run", 0)
        what = f"{failed} failed" if failed else f"{not_run} not run"
        word, kind = state_of_run(run)
        yield WorkItem("To fix", f"Test of {run.version}: {what}", run.get_absolute_url(), run.finished_at, word, kind)


@worklist(order=35)
def waivers_that_end(user: Any) -> Iterator[WorkItem]:
    """Waivers that end within three days, for those who rely on them and who signed them."""
    for waiver in selectors.waivers_ending(user):
        text = f"The waiver of {waiver.rule} ends"
        yield WorkItem("Due soon", text, waiver.get_absolute_url(), waiver.expires_at, "Waived", "warn")


@worklist(order=60)
def dates_to_come(user: Any) -> Iterator[WorkItem]:
    """Dates of the next thirty days in contracts that this person's teams own or consume."""
    for version, deadline in selectors.due_soon(user):
        url = f"{version.get_absolute_url()}&tab=life"
        yield WorkItem(
            "Due soon", f"{version}: {deadline.text}", url, deadline.when, deadline.kind.capitalize(), "info"
        )
