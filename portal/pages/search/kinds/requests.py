"""Deletion requests by their reference alone: nothing that names a person is looked for here."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from portal.core.identity.policies import Act, may
from portal.core.web.times import absolute
from portal.pages.search.base import Group, Hit, Query, found, provider
from privacy_app.selectors import requests_called

_REFERENCE = re.compile(r"(del-)?\d{4}-[\d-]*|del(-\d{0,3})?", re.I)


@provider(60, "request")
def requests(user: Any, query: Query) -> Iterator[Group]:
    """Requests whose reference begins so, for who may read them; the whole reference is what was named."""
    if not may(user, Act.READ_REQUESTS) or not _REFERENCE.fullmatch(query.text):
        return
    rows = requests_called(user, query.text)
    hit = _exactly(query.text)
    url = reverse("privacy:inbox")
    yield from found(rows, hit, query, key="request", title="Deletion requests", icon="privacy", url=url)


def _exactly(text: str) -> Any:
    def hit(row: Any) -> Hit:
        at = f"received {absolute(row.received_at)}, {row.get_state_display()}"
        return Hit(row.req_id, row.get_absolute_url(), at, exact=row.req_id == text.upper())

    return hit
