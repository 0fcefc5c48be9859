"""Gate 2: the version is large enough for its changes, and everything between it and force is settled."""

from __future__ import annotations

from collections.abc import Iterator

from portal.gates.domain import changes
from portal.gates.domain.verdict import Found
from portal.gates.registry import gate
from portal.gates.selectors.facts import Case, Resolved


@gate(key="change", title="Schema change", order=20)
def schema_change(case: Case) -> Iterator[Found]:
    """Each contract file against every version in force, and against its own proposal."""
    for touched in case.writes:
        if touched.subject.content:
            yield from _file(touched)


def _file(touched: Resolved) -> Iterator[Found]:
    yield from changes.let_through(touched.subject, touched.waivers)
    if touched.is_signed_file:
        yield changes.unchanged(touched.subject, touched.under.key)
        return
    found = changes.judged(touched.subject, touched.under.key, touched.loaded, touched.comparison, touched.proposal)
    yield from found
