"""A draft has to be proposed, which fixes its hash and says who signs."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from contracts_app.conditions import Condition, condition
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version

TITLE = "Proposal"


@condition(order=25)
def proposal(version: Version) -> Iterator[Condition]:
    """Until then nobody can sign it."""
    if version.state == State.DRAFT:
        url = reverse("contracts:propose", args=[version.pk])
        text = "Nobody has proposed this draft; signatures and notice follow from the proposal."
        yield Condition("proposal", TITLE, False, text, who="its author", url=url)
    else:
        text = f"Proposed by {version.proposed_by}, frozen under {version.digest[:19]}…"
        yield Condition("proposal", TITLE, True, text)
