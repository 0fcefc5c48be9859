"""What is let through by a waiver: it holds nothing back, and is said for as long as the version is on its way."""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app import selectors
from contracts_app.conditions import Condition, condition
from contracts_app.models import Version


@condition(order=90)
def waivers(version: Version) -> Iterator[Condition]:
    """One line a waiver in use: what, by whom, until when, and why."""
    for waiver in selectors.waivers_in_use(version):
        what = f"{waiver.rule} at {waiver.path}" if waiver.path else waiver.rule
        text = f"{waiver.signer} waived {what} until {waiver.expires_at:%d %b %Y}: {waiver.reason}"
        key = f"waiver.{waiver.pk}"
        yield Condition(key, "In use: a waiver", True, text, who=str(waiver.signer), url=waiver.get_absolute_url())
