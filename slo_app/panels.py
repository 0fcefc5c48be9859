"""What the SLOs add to pages of other rooms: a panel on the asset page, and things to fix on the worklist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from portal.core.catalog.panels import panel
from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.clock.services import now
from portal.core.identity.policies import Act, may

from .domain.drill import SOON
from .models import Incident
from .selectors import open_incidents, slos_of
from .selectors.drills import team_drills
from .selectors.findings import broken
from .selectors.incidents import teams_of

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset
    from portal.core.identity.models import User

_TOLD = (
    "kind", "severity", "drill", "fired_at", "acknowledged_at", "resolved_at", "slo__kind", "slo__name",
    "slo__asset__name", "slo__asset__namespace",
)  # fmt: skip


@panel(key="slo", title="SLOs", order=30, template="slo_app/_partials/asset_panel.html")
def slo_panel(user: User, asset: Asset) -> dict[str, Any]:
    """The asset's SLOs with what they read now."""
    return {"rows": slos_of(user, asset), "asset": asset, "may_set": may(user, Act.SET_SLO, asset)}


@worklist(order=10)
def to_fix(user: User) -> Iterator[WorkItem]:
    """Open incidents of the person's teams, and post-mortems that are still due."""
    if not may(user, Act.HANDLE_INCIDENT):
        return
    for incident in open_incidents(teams_of(user)).select_related(None).select_related("slo__asset").only(*_TOLD):
        yield _postmortem(incident) if incident.resolved_at else _open(incident)


@worklist(order=40)
def drills_due(user: User) -> Iterator[WorkItem]:
    """Fire drills of the person's teams that are due within a fortnight, or late."""
    teams = teams_of(user)
    present = now()
    for each in team_drills(teams) if teams else []:
        if each.due_at <= present + SOON and (each.latest is None or each.latest.ended_at is not None):
            late = each.due_at <= present
            yield WorkItem(
                group="Due soon",
                text=f"Fire drill of {each.team}",
                url=f"{reverse('slos:drill-new')}?team={each.team.slug}",
                when=each.due_at,
                state_word="Drill overdue" if late else "Drill due",
                state_kind="bad" if late else "wait",
            )


def _open(incident: Incident) -> WorkItem:
    taken = incident.acknowledged_at is not None
    return WorkItem(
        group="To fix",
        text=f"{incident.number}: {incident.slo}",
        url=incident.get_absolute_url(),
        when=incident.fired_at,
        state_word="Acknowledged" if taken else "No data" if incident.kind == Incident.Kind.NO_DATA else "Firing",
        state_kind="warn" if taken or incident.kind == Incident.Kind.NO_DATA else "bad",
    )


def _postmortem(incident: Incident) -> WorkItem:
    assert incident.postmortem_due_at is not None
    late = incident.postmortem_due_at <= now()
    return WorkItem(
        group="Due soon",
        text=f"Post-mortem of {incident.number}: {incident.slo}",
        url=f"{incident.get_absolute_url()}#postmortem",
        when=incident.postmortem_due_at,
        state_word="Post-mortem overdue" if late else "Post-mortem due",
        state_kind="bad" if late else "wait",
    )


@worklist(order=30)
def broken_findings(user: User) -> Iterator[WorkItem]:
    """What a contract promises of persons' data and was found broken: for privacy officers."""
    if not may(user, Act.SIGN_PRIVACY):
        return
    for found in broken():
        yield WorkItem(
            group="To fix",
            text=f"{found}: {found.promised}",
            url=f"{reverse('slos:findings')}?{urlencode({'kind': found.kind, 'text': found.asset.name})}",
            when=found.broken_since,
            state_word=found.stands.word,
            state_kind=found.stands.mark,
        )
