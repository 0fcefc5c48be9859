"""Edges that a person declares, as OpenLineage events of the portal's own.

One JobEvent a job states every edge that is declared through it (LineageFacet 1-0-0), so withdrawing is another event
with the rest, or with none. It accumulates apart from what the job says of itself: neither takes the other's place.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from lineage_app.domain.names import DECLARING, Name

SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent"
FACET = "https://openlineage.io/spec/facets/1-0-0/LineageFacet.json#/$defs/LineageJobFacet"


class Feeds(NamedTuple):
    """`src` feeds `dst`."""

    src: Name
    dst: Name


def event_of(job: Name, edges: Iterable[Feeds], at: datetime) -> bytes:
    """Return the body of the event that states exactly `edges` through `job`; equal for equal arguments.

    >>> a, b = Name("n", "a"), Name("n", "b")
    >>> from datetime import UTC
    >>> event_of(Name("n", "j"), [Feeds(a, b)], datetime(2026, 3, 1, tzinfo=UTC)).decode()[:43]
    '{"eventTime": "2026-03-01T00:00:00.000000Z"'
    """
    listed = sorted(set(edges))
    sources: dict[Name, list[Name]] = {}
    for src, dst in listed:
        sources.setdefault(dst, []).append(src)
    entries = [
        {**_named(dst), "type": "DATASET", "inputs": [{**_named(src), "type": "DATASET"} for src in fed_by]}
        for dst, fed_by in sources.items()
    ]
    lineage = {"_producer": DECLARING, "_schemaURL": FACET, "entries": entries}
    event = {
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "producer": DECLARING,
        "schemaURL": SPEC,
        "job": {**_named(job), "facets": {"lineage": lineage}},
        "inputs": [_named(name) for name in sorted({edge.src for edge in listed})],
        "outputs": [_named(name) for name in sorted(sources)],
    }
    return json.dumps(event).encode()


def _named(name: Name) -> dict[str, Any]:
    return {"namespace": name.namespace, "name": name.name}
