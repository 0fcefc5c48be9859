"""What the gates show on the asset page and on a person's work list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.core.catalog.panels import panel
from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.identity.roles import Role
from portal.gates import selectors
from portal.gates.domain.verdict import Outcome
from portal.gates.selectors.standing import WORDS

BUILDERS = (Role.OWNER, Role.CONTRIBUTOR)


@panel(key="gate", title="Gate", order=45, template="gates/_partials/asset_panel.html")
def gate_panel(user: Any, asset: Any) -> dict[str, Any] | None:
    """How each job that writes the asset stands with the gate; an ungated deploy is named as such."""
    del user  # everybody who may open the asset may read it
    found = selectors.standings(asset)
    return {"standings": found} if found else None


@worklist(order=45)
def gates_to_fix(user: Any) -> Iterator[WorkItem]:
    """Jobs whose latest gate failed, or that were deployed without one, for those who build what they write."""
    teams = {team for role, team in user.grants() if role in BUILDERS and team is not None}
    for run in selectors.failed_for_teams(teams) if teams else ():
        word, kind = WORDS[Outcome(run.verdict)]
        yield WorkItem("To fix", f"{run.name}: {word.lower()}", run.get_absolute_url(), run.at, word, kind)
