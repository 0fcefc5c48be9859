"""What waits for a person in lineage: findings about the jobs of their teams, and missing hops to their assets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from lineage_app.selectors.coverage import Hop
from lineage_app.selectors.hop_words import WORDS
from lineage_app.selectors.latest_coverage import latest_missing
from lineage_app.selectors.watch import open_findings
from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.clock.services import now
from portal.core.identity.roles import Role

EACH = 5
"""So many of a kind stand alone; more become one line that leads to the list."""
FINDERS = (Role.OWNER, Role.ON_CALL, Role.CONTRIBUTOR)


@worklist(order=35)
def findings_to_mend(user: Any) -> Iterator[WorkItem]:
    """Findings of the person's teams that nobody has seen and nobody muted."""
    teams = _teams(user, *FINDERS)
    if not teams:
        return
    found = open_findings(teams=teams, at=now()).filter(acknowledged_at=None)
    rows = list(found[: EACH + 1])
    for row in rows[:EACH]:
        yield WorkItem("To fix", f"{row}", row.get_absolute_url(), row.opened_at, row.get_kind_display(), "bad")
    if len(rows) > EACH:
        text = f"See the others: more than {EACH} findings about your teams' jobs are open"
        yield WorkItem("To fix", text, reverse("lineage:findings"), rows[-1].opened_at, "Open", "bad")


@worklist(order=40)
def hops_to_cover(user: Any) -> Iterator[WorkItem]:
    """Missing hops of tier-1 flows that end in an asset of a team whose owner this is."""
    teams = _teams(user, Role.OWNER)
    if not teams:
        return
    present = now()
    missing = latest_missing(present, teams)
    for hop in missing[:EACH]:
        yield _item(hop, hop.judged.since or present)
    if len(missing) > EACH:
        slugs = {hop.dst.team_slug for hop in missing}
        query = f"?{urlencode({'team': slugs.pop()})}" if len(slugs) == 1 else ""
        text = f"And {len(missing) - EACH} more hops of tier-1 flows that no run has proved for seven days"
        yield WorkItem("To fix", text, reverse("lineage:coverage") + query, present, "Missing", "warn")


def _item(hop: Hop, when: Any) -> WorkItem:
    word, mark = WORDS[hop.state]
    if hop.src is None:
        text = f"Declare the flow that leads to {hop.dst.name}"
        return WorkItem("To fix", text, f"{reverse('lineage:flow-new')}?step={hop.dst.pk}", when, word, mark)
    text = f"Prove {hop.src.name} to {hop.dst.name}, a hop of {hop.flows[0].name}"
    return WorkItem("To fix", text, reverse("lineage:flow", args=[hop.flows[0].pk]), when, word, mark)


def _teams(user: Any, *roles: Role) -> set[int]:
    return {team for role, team in user.grants() if role in roles and team}
