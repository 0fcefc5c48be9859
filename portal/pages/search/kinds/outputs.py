"""Outputs that products registered, by their id and their namespace."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from portal.pages.provenance.models import Output
from portal.pages.provenance.selectors.kept import outputs as outputs_like
from portal.pages.search.base import Group, Hit, Query, found, provider


@provider(38, "output")
def outputs(user: Any, query: Query) -> Iterator[Group]:
    """The outputs whose id or namespace begins with the text, and those of the run of this id."""
    if query.id and not query.run:
        return
    url = f"{reverse('provenance:outputs')}?{urlencode({'text': query.text})}"
    rows = outputs_like(user, text=query.run or query.text)
    if query.quick:  # an id is pasted whole; its beginnings are for the answer to Enter
        rows = rows.filter(Q(output_id=query.text) | Q(run_id=query.run or query.text))
    yield from found(
        rows, lambda row: _hit(row, query.text), query, key="output", title="Outputs", icon="provenance", url=url
    )


def _hit(row: Output, text: str) -> Hit:
    said = [f"in {row.namespace}", f"by {row.product}" if row.product else ""]
    return Hit(str(row), row.get_absolute_url(), ", ".join(each for each in said if each), exact=row.output_id == text)
