"""Declared flows by name."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from portal.core.catalog.selectors import flows as every_flow
from portal.pages.search.base import Group, Hit, Query, found, provider


@provider(35, "flow")
def flows(user: Any, query: Query) -> Iterator[Group]:
    """Flows whose name holds the text. Reading them is everybody's."""
    del user
    if query.id:
        return
    rows = every_flow().prefetch_related(None).filter(name__icontains=query.text).order_by("name")
    yield from found(rows, _hit, query, key="flow", title="Flows", icon="stream", url=reverse("lineage:flows"))


def _hit(row: Any) -> Hit:
    return Hit(row.name, row.get_absolute_url(), f"owned by {row.owner_team.name}" if row.owner_team else "")
