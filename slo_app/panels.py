"""What the SLOs add to pages of other rooms: a panel on the asset page, and things to fix on the worklist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse

from portal.core.catalog.panels import panel
from portal.core.catalog.worklist import WorkItem, worklist
from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role

from .models import Incident
from .selectors import open_incidents, slos_of
from .selectors.findings import broken

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset
    from portal.core.identity.models import User


@panel(key="slo", title="SLOs", order=30, template="slo_app/_partials/asset_panel.html")
def slo_panel(user: User, asset: Asset) -> dict[str, Any]:
    """The asset's SLOs with what they read now."""
    return {"rows": slos_of(user, asset), "asset": asset}


@worklist(order=10)
def to_fix(user: User) -> Iterator[WorkItem]:
    """Open incidents of the person's teams, and post-mortems that are still due."""
    if not may(user, Act.HANDLE_INCIDENT):
        return
    teams = [team for role, team in user.grants() if role in (Role.OWNER, Role.ON_CALL) and team]
    for incident in open_incidents(teams):
        yield _postmortem(incident) if incident.resolved_at else _open(incident)


def _open(incident: Incident) -> WorkItem:
    taken = incident.acknowledged_at is not None
    return WorkItem(
        group="To fix",
        text=f"{incident.number}: {incident.slo}",
        url=incident.get_absolute_url(),
        when=incident.fired_at,
        state_word="Acknowledged" if taken else "Firing" if incident.kind == Incident.Kind.BREACH else "No data",
        state_kind="warn" if taken or incident.kind == Incident.Kind.NO_DATA else "bad",
    )


def _postmortem(incident: Incident) -> WorkItem:
    assert incident.postmortem_due_at is not None
    return WorkItem(
        group="Due soon",
        text=f"Post-mortem of {incident.number}: {incident.slo}",
        url=incident.get_absolute_url(),
        when=incident.postmortem_due_at,
        state_word="Post-mortem due",
        state_kind="wait",
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
