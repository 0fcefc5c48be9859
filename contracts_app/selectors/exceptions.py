"""Which changes of a version rest on evidence, and what was given for them; which waivers it uses."""

from __future__ import annotations

from typing import Any

from contracts_app.domain.waivers import waivable
from contracts_app.models import Grounds, Version, Waiver
from contracts_app.selectors.moment import moment_of

EVIDENCE = "evidence"


def grounds_asked(version: Version) -> list[tuple[dict[str, Any], Grounds | None]]:
    """Each change that asks for evidence, with the grounds given for it."""
    given = {(each.kind, each.path): each for each in version.grounds.all()}
    asked = [change for change in version.report.get("changes", ()) if EVIDENCE in change.get("requires", ())]
    return [(change, given.get((change["kind"], change["path"]))) for change in asked]


def waivers_in_use(version: Version) -> list[Waiver]:
    """Waivers in force for rows of this version's change report that may be waived."""
    at = moment_of(version)
    rows = {(change["kind"], change["path"]) for change in version.report.get("changes", ())}
    return [
        waiver
        for waiver in version.contract.waivers.all()
        if waiver.in_force(at)
        and waiver.version_id in (None, version.pk)
        and (waiver.rule, waiver.path) in rows
        and waivable(waiver.rule).longest is not None
    ]
