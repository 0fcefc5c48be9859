"""Datasets, jobs and runs, and what runs and datasets said: revisions, images, owners, tags, columns."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from lineage_app.selectors.search import TITLES
from lineage_app.selectors.search import Found as Row
from lineage_app.selectors.search import search as search_lineage
from portal.pages.search.base import Group, Hit, Query, provider


@provider(30, *TITLES)
def lineage(user: Any, query: Query) -> Iterator[Group]:
    """The groups of the lineage search; the run of exactly this id is what was named. Reading them is everybody's."""
    del user
    if query.id and not query.run:
        return
    for group in search_lineage(query.text):
        url = f"{reverse('lineage:index')}?{urlencode({'q': query.text, 'in': group.key})}"
        hits = tuple(_hit(row, group.key, query) for row in group.found[: query.shown])
        yield Group(group.key, group.title, "lineage", hits, group.count, url)


def _hit(row: Row, key: str, query: Query) -> Hit:
    said = [row.kind, row.name if row.text != row.name else "", f"in {row.namespace}" if row.namespace else ""]
    exact = key == "run" and row.text.lower() == query.text.lower()
    return Hit(row.text, row.url, ", ".join(each for each in said if each), exact=exact)
