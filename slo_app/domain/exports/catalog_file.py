"""The programme's `observability/slo_catalog.md`: its table of SLOs with what each reads, its people and its links.

The file is the same for the same state: it is dated by the newest measurement in it, not by the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from portal.core.diagrams.markdown import plain

from ..durations import words
from .promise import Promise

HEAD = (
    "SLO", "SLI", "Target", "Alert", "Owner", "State", "Now", "Budget left", "On call", "Runbook", "Contract",
    "Evidence",
)  # fmt: skip


def catalog(promises: Sequence[Promise]) -> Iterator[str]:
    """The file line by line, the SLOs in the order given; each line ends with a newline."""
    yield "# SLO catalog\n\n"
    yield f"{_dated(promises)}\n\n"
    if not promises:
        return
    yield _row(HEAD)
    yield "|" + "---|" * len(HEAD) + "\n"
    for promise in promises:
        yield _row(_cells(promise))


def _dated(promises: Sequence[Promise]) -> str:
    if not promises:
        return "No SLO is measured. Activate a contract that promises one, or set one up by hand."
    newest = max((promise.reads.at for promise in promises if promise.reads.at), default=None)
    count = f"{len(promises)} SLO{'s' if len(promises) > 1 else ''}"
    return f"{count}, none measured yet." if newest is None else f"{count}, as last measured at {_time(newest)}."


def _cells(promise: Promise) -> tuple[str, ...]:
    hold = f" for {words(promise.hold)}" if promise.hold else ""
    return (
        link(promise.title, promise.url),
        plain(promise.sli),
        plain(f"{promise.target} {promise.unit}"),
        plain(f"{promise.alert} {promise.unit}{hold}, {promise.severity}"),
        plain(promise.owner) or "Nobody",
        plain(promise.reads.state),
        _now(promise),
        plain(f"{promise.reads.budget_left} %") if promise.reads.budget_left else "Unknown",
        plain(", ".join(promise.on_call)) or "Nobody",
        link("Runbook", promise.runbook_url) if promise.runbook_url else "None",
        link(f"{promise.contract} {promise.contract_version}", promise.contract_url) if promise.contract else "By hand",
        link("Entry", promise.evidence_url) if promise.evidence_url else "None",
    )


def _now(promise: Promise) -> str:
    reads = promise.reads
    if reads.at is None:
        return "Not measured yet"
    return plain(f"{reads.value} {promise.unit}".strip() if reads.value else "No value") + f" at {_time(reads.at)}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def link(text: str, url: str) -> str:
    """A link to an address of the portal's own; only the text is foreign."""
    return f"[{plain(text)}]({url})" if url else plain(text)
