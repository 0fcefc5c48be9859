"""What a draft can be made from: live tables of one's own team, and datasets that lineage has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404

from lineage_app import selectors as lineage
from portal.core.catalog.selectors import systems
from portal.core.connectors import registry
from portal.core.connectors.base import Measurable
from portal.core.identity.policies import Act, may, require

if TYPE_CHECKING:
    from lineage_app.models import Dataset
    from portal.core.catalog.models import Placement


def placements_to_import(user: Any) -> list[Placement]:
    """Placements that can be read with SQL and whose asset the person's team owns, by system and name."""
    require(user, Act.WRITE_CONTRACT)
    readable = [kind for kind, connector in registry.kinds().items() if isinstance(connector, Measurable)]
    found = []
    for system in systems().filter(kind__in=readable).prefetch_related("placements__asset__owner_team"):
        for placement in system.placements.all():
            placement.system = system
            if may(user, Act.WRITE_CONTRACT, placement.asset):
                found.append(placement)
    return sorted(found, key=lambda each: (each.system.name, each.object_name))


def placement_to_import(user: Any, pk: int) -> Placement:
    """One of them; raises Http404 for any other, so that nobody learns of tables that are not theirs."""
    found = next((each for each in placements_to_import(user) if each.pk == pk), None)
    if found is None:
        raise Http404("There is no such table among those of your team.")
    return found


def datasets_to_import(user: Any, text: str = "") -> list[Dataset]:
    """Datasets of lineage whose columns are known."""
    require(user, Act.WRITE_CONTRACT)
    return lineage.datasets_with_schema(text)


def dataset_to_import(user: Any, pk: int) -> Dataset:
    """One of them; raises Http404."""
    require(user, Act.WRITE_CONTRACT)
    found = lineage.dataset_with_schema(pk)
    if found is None:
        raise Http404("Lineage has seen no columns of such a dataset.")
    return found
