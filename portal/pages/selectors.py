"""What the composing pages read; whoever asks comes first, and rights are asked here."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from portal.core.catalog.models import Asset, Flow, Placement
from portal.core.catalog.panels import Panel, panels
from portal.core.catalog.selectors import placements_of
from portal.core.catalog.worklist import WorkItem, waiting_for
from portal.core.evidence.models import Entry
from portal.core.identity.policies import Act, may, require
from portal.core.identity.roles import Role
from portal.core.identity.selectors import holders_of
from portal.pages.evidence.selectors import visible_entries, with_names
from slo_app.selectors import open_incidents

LAST = 5


def incident_to_take(user: Any) -> Any:
    """The newest alert that pages a team which the person is on call for, and that nobody took; None without one.

    Only for who comes to be on call and for nothing else: others begin with their work, where it stands too.
    """
    grants = user.grants()
    if {role for role, _ in grants} != {Role.ON_CALL}:
        return None
    untaken = open_incidents(team for _, team in grants if team).filter(acknowledged_at=None, resolved_at=None)
    return untaken.filter(severity="page").order_by("-fired_at").first()


def administrators() -> list[str]:
    """Who gives roles, by name, in order."""
    return sorted(person.name for person in holders_of(Role.ADMINISTRATOR))


def work_of(user: Any) -> dict[str, list[WorkItem]]:
    """Everything that waits for the person, by group, soonest first."""
    require(user, Act.READ)
    return waiting_for(user)


def last_entries(user: Any) -> list[tuple[Entry, str]]:
    """The last entries of the ledger that the person may read, each with its sentence."""
    newest = visible_entries(user)[:LAST]
    return with_names(entry for entry in newest if may(user, Act.READ_EVIDENCE, entry))


def assets(
    user: Any,
    *,
    text: str | None = None,
    kind: str | None = None,
    layer: str | None = None,
    tier: int | None = None,
    owner: Any = None,
) -> QuerySet[Asset]:
    """Assets by what is asked for, tier 1 first."""
    require(user, Act.READ)
    wanted = {"kind": kind, "layer": layer, "tier": tier, "owner_team": owner}
    found = Asset.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    if text:
        found = found.filter(Q(name__icontains=text) | Q(namespace__icontains=text) | Q(aliases__text__icontains=text))
    return found.select_related("owner_team").order_by("tier", "namespace", "name", "pk").distinct()


def asset(user: Any, pk: int) -> Asset:
    """The asset with its owner and aliases; raises Http404 or PermissionDenied."""
    require(user, Act.READ)
    found = Asset.objects.select_related("owner_team").prefetch_related("aliases").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such asset.")
    return found


def placements(asset: Asset) -> list[Placement]:
    """Where the asset lies."""
    return placements_of(asset)


def flows_through(asset: Asset) -> list[Flow]:
    """The declared flows that pass through the asset."""
    return list(Flow.objects.filter(steps__asset=asset).distinct())


def panels_for(user: Any, asset: Asset) -> list[tuple[Panel, dict[str, Any]]]:
    """The panels that have something to say of the asset, each with its context."""
    told = [(panel, panel.context(user, asset)) for panel in panels()]
    return [(panel, context) for panel, context in told if context is not None]
