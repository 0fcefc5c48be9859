"""What RACI adds to the work list: proposals to sign, and the gaps for who keeps the matrix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.clock.services import now
from portal.core.identity.roles import Role

from .selectors import grave_gaps, to_sign


@worklist(order=12)
def proposals_to_sign(user: Any) -> Iterator[WorkItem]:
    """Open proposals that ask this person."""
    for proposal, demand in to_sign(user):
        url = reverse("raci:sign", args=[proposal.pk])
        text = f"Sign {proposal} of the RACI as {demand.label}"
        yield WorkItem("To sign", text, url, proposal.proposed_at, "Proposed", "wait")


@worklist(order=45)
def gaps_to_close(user: Any) -> Iterator[WorkItem]:
    """One line for the head of data: how many duties nobody fills."""
    if (Role.HEAD_OF_DATA, None) not in user.grants():
        return
    found = grave_gaps(user)
    if found:
        count = f"{len(found)} gap{'' if len(found) == 1 else 's'}"
        text = f"Close {count} in the RACI: {found[0].sentence}"
        yield WorkItem("To fix", text, reverse("raci:gaps"), now(), count.capitalize(), "bad")
