"""Assets by name, namespace and alias."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from portal.pages.search.base import Group, Hit, Query, found, provider


@provider(20, "asset")
def assets(user: Any, query: Query) -> Iterator[Group]:
    """Assets, the shortest names first; the one of exactly this key is what was named. Reading them is everybody's."""
    del user
    if query.id:
        return
    url = f"{reverse('pages:assets')}?{urlencode({'text': query.text})}"
    rows = query.called.assets
    group = {"key": "asset", "title": "Assets", "icon": "table", "url": url}
    yield from found(rows, lambda row: _hit(row, query.text), query, **group, count=query.called.count)


def _hit(row: Any, text: str) -> Hit:
    owner = row.owner_team.name if row.owner_team else "nobody yet"
    said = [row.get_kind_display() or "Asset", f"in {row.namespace}", f"owned by {owner}"]
    return Hit(row.name, row.get_absolute_url(), ", ".join(said), exact=row.key.lower() == text.lower())
