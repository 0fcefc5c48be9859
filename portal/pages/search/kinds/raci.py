"""Workstreams and posts of the RACI by name."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from portal.core.raci.selectors import posts_called, workstreams_called
from portal.pages.search.base import Group, Hit, Query, found, provider


@provider(75, "workstream")
def workstreams(user: Any, query: Query) -> Iterator[Group]:
    """Workstreams whose title holds the text."""
    if not query.id:
        url = f"{reverse('raci:matrix')}?{urlencode({'show': 'workstream', 'q': query.text})}"
        rows = workstreams_called(user, query.text)
        yield from found(rows, _workstream, query, key="workstream", title="Workstreams", icon="raci", url=url)


@provider(76, "post")
def posts(user: Any, query: Query) -> Iterator[Group]:
    """Posts whose name holds the text."""
    if not query.id:
        rows, url = posts_called(user, query.text), reverse("raci:posts")
        yield from found(rows, _post, query, key="post", title="Posts", icon="people", url=url)


def _workstream(row: Any) -> Hit:
    return Hit(row.title, row.get_absolute_url(), f"RACI version {row.version.number}")


def _post(row: Any) -> Hit:
    return Hit(row.name, row.get_absolute_url(), row.get_stands_for_display())
