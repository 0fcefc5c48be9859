"""What the page of an answer shows: the five answers, and each table cut to its first rows unless it is asked whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.safestring import mark_safe

from portal.core.diagrams import to_svg
from portal.core.web.idempotency import new_key
from portal.pages.provenance.asking import Asked
from portal.pages.provenance.domain.answer import Answer
from portal.pages.provenance.domain.drawing import described, drawing_of
from portal.pages.provenance.domain.sentences import counted, five

FIRST = 50
ROWS: dict[str, Callable[[Answer], Sequence[Any]]] = {
    "inputs": lambda answer: answer.readings,
    "contracts": lambda answer: answer.agreements,
    "slos": lambda answer: answer.levels,
    "deletions": lambda answer: answer.erasures,
}


@dataclass(frozen=True)
class Table:
    """One table: its rows that are shown, of how many, and the address that shows all."""

    key: str
    rows: Sequence[Any]
    total: int
    whole_url: str

    @property
    def cut(self) -> bool:
        """Whether rows are left out."""
        return len(self.rows) < self.total

    @property
    def shown(self) -> str:
        """How many of how many."""
        return f"{len(self.rows)} of {self.total}" if self.cut else counted(self.total, "row")


def page_context(found: Asked, asked: QueryDict, chosen: dict[str, Any]) -> dict[str, Any]:
    """The answer with its tables; `show` in the address names the table that is shown whole."""
    answer = found.answer
    assert answer is not None
    graph = drawing_of(answer, linked=False)
    return {
        "answer": answer,
        "asked": found,
        "told": five(answer),
        "tables": {key: _table(key, rows(answer), asked, chosen["holds"]) for key, rows in ROWS.items()},
        "sources": _sources(answer),
        "svg": mark_safe(to_svg(graph, description=described(graph))) if graph.edges else "",  # noqa: S308 - our own renderer escapes every label
        "summary": described(graph),
        "key": new_key(),
    }


def _table(key: str, rows: Sequence[Any], asked: QueryDict, holds: str) -> Table:
    wanted = [row for row in rows if holds.lower() in _name(row).lower()] if holds else rows
    whole = asked.get("show") == key
    address = asked.copy()
    address["show"] = key
    return Table(key, wanted if whole else wanted[:FIRST], len(wanted), f"?{address.urlencode()}#{key}")


def _name(row: Any) -> str:
    return str(getattr(row, "dataset", "") or getattr(row, "asset", ""))


def _sources(answer: Answer) -> list[Any]:
    """One reading of each source."""
    first: dict[str, Any] = {}
    for each in answer.inputs:
        if each.writer is None:
            first.setdefault(each.dataset, each)
    return [first[name] for name in answer.sources]
