"""SLOs by their asset and name."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from portal.pages.search.base import Group, Hit, Query, found, provider
from slo_app.selectors import slos_called


@provider(40, "slo")
def slos(user: Any, query: Query) -> Iterator[Group]:
    """The SLOs of assets of that name, and those that are called so."""
    if query.id:
        return
    url = f"{reverse('slos:board')}?{urlencode({'text': query.text})}"
    yield from found(slos_called(user, query.called), _hit, query, key="slo", title="SLOs", icon="slo", url=url)


def _hit(row: Any) -> Hit:
    return Hit(str(row), row.get_absolute_url(), f"owned by {row.owner_team.name if row.owner_team else 'nobody yet'}")
