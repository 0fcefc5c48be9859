"""What the composing pages read; whoever asks comes first, and rights are asked here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from contracts_app.selectors import contracts_for
from portal.core.catalog.models import Asset, Flow, Placement
from portal.core.catalog.panels import Panel, panels
from portal.core.catalog.selectors import placements_of
from portal.core.catalog.worklist import WorkItem, waiting_for
from portal.core.evidence.models import Entry
from portal.core.identity.policies import Act, may, require
from portal.pages.evidence.selectors import visible_entries, with_names

LAST = 5
FOUND_AT_MOST = 25


@dataclass(frozen=True)
class Found:
    """What a search found, with whether there was more than is shown."""

    assets: list[Asset] = field(default_factory=list)
    contracts: list[Any] = field(default_factory=list)
    more: bool = False


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


def search(user: Any, text: str) -> Found:
    """Assets and contracts whose names hold `text`; nothing for an empty text."""
    if not text:
        return Found()
    by_name = list(assets(user, text=text)[: FOUND_AT_MOST + 1])
    contracts = list(contracts_for(user, text=text)[: FOUND_AT_MOST + 1])
    more = max(len(by_name), len(contracts)) > FOUND_AT_MOST
    return Found(by_name[:FOUND_AT_MOST], contracts[:FOUND_AT_MOST], more)
