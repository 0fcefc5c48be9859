"""Registered systems by name, kind and region."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse

from portal.core.catalog.selectors import systems as every_system
from portal.pages.search.base import Group, Hit, Query, found, provider


@provider(90, "system")
def systems(user: Any, query: Query) -> Iterator[Group]:
    """Systems whose name or label holds the text, or of that kind. Reading them is everybody's."""
    del user
    if query.id:
        return
    asked = Q(name__icontains=query.text) | Q(label__icontains=query.text) | Q(kind__iexact=query.text)
    rows = every_system().prefetch_related(None).filter(asked).order_by("name")
    yield from found(rows, _hit, query, key="system", title="Systems", icon="system", url=reverse("catalog:systems"))


def _hit(row: Any) -> Hit:
    return Hit(str(row), row.get_absolute_url(), ", ".join(filter(None, (row.kind, row.region))))
