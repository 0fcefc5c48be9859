"""Who answers for a target by the signed RACI, and the gaps of that matrix."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.core.catalog.selectors import tier_one_assets
from portal.core.identity.selectors import holders_of
from portal.core.raci.selectors import (
    accountable_of_workstreams,
    asset_lines,
    gaps_in,
    peopled,
    workstream_lines,
)
from portal.pages.scoreboard.registry import Target, targets

MOST_GAPS = 30


def owners() -> dict[str, list[str]]:
    """By target: what the accountable holder is called and the page of the row; targets without a row are left out."""
    found = accountable_of_workstreams({each.workstream for each in targets()})
    return {
        each.key: [found[each.workstream].label, found[each.workstream].url]
        for each in targets()
        if each.workstream in found
    }


def people_of(target: Target) -> Iterable[Any]:
    """Who is told of the target: the accountable people of its workstream, and the holders of its role."""
    found = accountable_of_workstreams([target.workstream]).get(target.workstream)
    named = {person.pk: person for person in found.people} if found else {}
    return (named | {person.pk: person for person in holders_of(target.owner)}).values()


def raci_gaps() -> dict[str, Any]:
    """How many gaps the matrix of workstreams and tier-1 assets has, how many leave a duty undone, and the first."""
    lines = peopled([*workstream_lines(), *asset_lines(tier_one_assets().select_related("owner_team"))])
    found = gaps_in(lines)
    rows = [[each.line.row.title, each.gap.fault.value, each.gap.sentence] for each in found[:MOST_GAPS]]
    return {"all": len(found), "grave": sum(each.gap.grave for each in found), "rows": rows}
