"""Incidents by their number and by their asset."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from portal.core.web.times import absolute
from portal.pages.search.base import Group, Hit, Query, found, provider
from slo_app.selectors import incidents as incidents_for

_NUMBER = re.compile(r"inc-0*(\d{1,9})", re.I)


@provider(50, "incident")
def incidents(user: Any, query: Query) -> Iterator[Group]:
    """The incident of this number, else those of assets of that name, the newest first."""
    number = _NUMBER.fullmatch(query.text)
    every = incidents_for(user, asked={"state": "all"}).select_related(None).select_related("slo__asset").only(*_READ)
    if number:
        rows = every.filter(pk=int(number[1]))
        yield from found(rows, lambda row: _hit(row, exact=True), query, **_GROUP)
    elif not query.id:
        url = f"{reverse('slos:incidents')}?{urlencode({'state': 'all', 'text': query.text})}"
        rows = every.filter(query.called.by_key("slo__asset"))
        yield from found(rows, _hit, query, **_GROUP, url=url)


_GROUP = {"key": "incident", "title": "Incidents", "icon": "bad"}
_READ = ("fired_at", "resolved_at", "slo__kind", "slo__name", "slo__asset__name", "slo__asset__namespace")


def _hit(row: Any, *, exact: bool = False) -> Hit:
    word, mark = ("Resolved", "ok") if row.resolved_at else ("Open", "bad")
    return Hit(f"{row.number} {row.slo}", row.get_absolute_url(), absolute(row.fired_at), word, mark, exact)
