"""The declared version is large enough for what changes."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from contracts_app.conditions import Condition, condition
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version

TITLE = "Version number"


@condition(order=30)
def bump(version: Version) -> Iterator[Condition]:
    """As compared when it was proposed; a draft is compared when it is."""
    if version.state == State.DRAFT:
        return
    report = version.report
    url = f"{reverse('contracts:compare', args=[version.contract_id])}?new={version.pk}"
    if not report.get("required_bump"):
        yield Condition("bump", TITLE, True, "It is the first version.")
    elif report["ok"]:
        text = (
            f"The change needs a {report['required_bump']} step; {version.number} is a {report['declared_bump']} one."
        )
        yield Condition("bump", TITLE, True, text, url=url)
    else:
        text = f"The change needs at least {report['needed_version']}; {version.number} is too small."
        yield Condition("bump", TITLE, False, text, who="its author", url=url, failing=True)
