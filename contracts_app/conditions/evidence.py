"""A promise about people that becomes weaker rests on evidence that a privacy officer attached."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from contracts_app import selectors
from contracts_app.conditions import Condition, condition
from contracts_app.models import Version


@condition(order=75)
def evidence(version: Version) -> Iterator[Condition]:
    """One condition a change that asks for it."""
    for change, given in selectors.grounds_asked(version):
        key, title = f"evidence.{change['path'] or 'contract'}", f"Evidence for {change['path'] or 'the contract'}"
        if given is not None:
            yield Condition(key, title, True, f"{given.user} gave grounds: {given.reason} ({given.reference})")
        else:
            url = reverse("contracts:grounds", args=[version.pk])
            text = f"{change['message']} A privacy officer says why, and names the evidence."
            yield Condition(key, title, False, text, who="a privacy officer", url=url)
