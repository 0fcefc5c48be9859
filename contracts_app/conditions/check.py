"""The check finds no error in the document."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from contracts_app.conditions import Condition, condition
from contracts_app.models import Version

TITLE = "Check of the document"


@condition(order=10)
def check(version: Version) -> Iterator[Condition]:
    """Read again from the authored bytes, so that a rule of the check that is newer than the proposal counts."""
    findings = version.loaded.findings
    errors = [found for found in findings if found.is_error]
    url = reverse("contracts:edit", args=[version.contract_id])
    if errors:
        text = f"Line {errors[0].line}: {errors[0].message}"
        more = f" And {len(errors) - 1} more." if len(errors) > 1 else ""
        yield Condition("check", TITLE, False, text + more, who="its author", url=url, failing=True)
    else:
        warnings = len(findings)
        text = f"No error, {warnings} warning{'' if warnings == 1 else 's'}."
        yield Condition("check", TITLE, True, text)
