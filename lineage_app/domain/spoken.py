"""Every namespace that an event speaks about: what a service token has to cover for the event to count.

Not only the envelope draws. A facet joins names (symlinks), renames (lifecycleStateChange), links columns
(columnLineage), states edges (lineage) and hangs a job under another (parent): a token that covers an event's own names
only could otherwise tie somebody else's dataset to its own. Facets are read by key, as the projector reads them.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from lineage_app.domain.events import Event

_NONE = msgspec.Raw(b"")


class _OfDataset(msgspec.Struct):
    symlinks: msgspec.Raw = _NONE
    lineage: msgspec.Raw = _NONE
    columns: msgspec.Raw = msgspec.field(default=_NONE, name="columnLineage")
    life: msgspec.Raw = msgspec.field(default=_NONE, name="lifecycleStateChange")


class _OfJob(msgspec.Struct):
    lineage: msgspec.Raw = _NONE


class _OfRun(msgspec.Struct):
    parent: msgspec.Raw = _NONE
    legacy: msgspec.Raw = msgspec.field(default=_NONE, name="parentRun")


_DATASET = msgspec.json.Decoder(_OfDataset)
_JOB = msgspec.json.Decoder(_OfJob)
_RUN = msgspec.json.Decoder(_OfRun)


def namespaces(event: Event) -> set[str]:
    """Return every namespace in the event's envelope and in the facets that draw."""
    found = event.namespaces()
    for facet in _drawing(event):
        found |= set(_named(msgspec.json.decode(facet)))
    return found


def _drawing(event: Event) -> Iterator[msgspec.Raw]:
    if event.job is not None:
        yield from _read(_JOB, event.job.facets)
    if event.run is not None:
        yield from _read(_RUN, event.run.facets)
    for item in (*event.inputs, *event.outputs):
        yield from _read(_DATASET, item.facets)


def _read(decoder: msgspec.json.Decoder[Any], facets: msgspec.Raw) -> Iterator[msgspec.Raw]:
    """Return the facets at hand; facets that are no object hold none."""
    if not memoryview(facets):
        return
    try:
        read = decoder.decode(facets)
    except msgspec.ValidationError:
        return
    yield from (facet for facet in msgspec.structs.astuple(read) if memoryview(facet))


def _named(value: Any) -> Iterator[str]:
    """Return the namespaces beside a name, however deep; none at all is the empty one.

    >>> sorted(_named({"entries": [{"namespace": "a", "name": "x", "inputs": [{"namespace": "b", "name": "y"}]}]}))
    ['a', 'b']
    >>> list(_named({"fields": {"id": {"inputFields": [{"name": "orders", "field": "id"}]}}}))
    []
    """
    waiting = [value]  # not by recursion: how deep it nests is the sender's choice
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if isinstance(item.get("name"), str) and item.get("namespace"):
                yield str(item["namespace"])
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
