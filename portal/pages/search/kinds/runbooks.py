"""Runbooks by title and key."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from portal.pages.search.base import Group, Hit, Query, found, provider
from slo_app.selectors.runbooks import runbooks as runbooks_for


@provider(55, "runbook")
def runbooks(user: Any, query: Query) -> Iterator[Group]:
    """Runbooks whose title or key holds the text."""
    if query.id:
        return
    url = f"{reverse('slos:runbooks')}?{urlencode({'text': query.text})}"
    rows = runbooks_for(user, text=query.text).order_by("title")
    yield from found(rows, _hit, query, key="runbook", title="Runbooks", icon="file", url=url)


def _hit(row: Any) -> Hit:
    return Hit(row.title, row.get_absolute_url(), f"version {row.number}, {row.owner_team.name}")
