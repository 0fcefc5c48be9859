"""Groundedness: citations that resolve, were retrieved and say what is quoted; refusals and deleted documents apart."""

from __future__ import annotations

from typing import Any

from slo_app.domain.measurement import Result
from tests.conformance.indicators.planting import Ago, Case, Reads, Table

ANSWERS = {"answer_id": "integer", "answered_at": "time", "citations": "json", "refused": "boolean"}
DOCUMENTS = Table(
    {"document_id": "text", "body": "text", "deleted_at": "time"},
    (
        {"document_id": "d1", "body": "Returns are free within 30 days."},
        {"document_id": "d2", "body": "Shipping takes two days."},
        {"document_id": "gone", "body": "An old page.", "deleted_at": Ago(500)},
    ),
)
GOOD = [{"document": "d1", "quote": "free within 30 days"}, {"document": "d2"}]
BAD = {
    "cites nothing": [], "cites what does not exist": [{"document": "nope"}],
    "cites what was deleted": [{"document": "gone"}],
    "quotes what is not there": [{"document": "d1", "quote": "within 90 days"}],
}  # fmt: skip


def case(name: str, wrong: list[Any], sound: int = 200, refused: int = 0, **reads: Any) -> Case:
    cited = [*wrong, *[GOOD] * sound]
    rows = [{"citations": each, "refused": False} for each in cited]
    rows += [{"citations": [], "refused": True}] * refused
    answers = [{"answer_id": n, "answered_at": Ago(5), **row} for n, row in enumerate(rows)]
    retrieved = [{"answer_id": n, "document_id": each} for n in range(len(rows)) for each in ("d1", "d2", "gone")]
    return Case(
        name,
        Table(ANSWERS, tuple(answers)),
        Reads(**reads),
        {"element": "answered_at"},
        beside={
            "documents": DOCUMENTS,
            "retrievals": Table({"answer_id": "integer", "document_id": "text"}, tuple(retrieved)),
        },
    )


CASES = [
    case("all grounded", [], value=100, good=200, total=200),
    *(case(name, [wrong] * 8, 192, value=96, total=200) for name, wrong in BAD.items()),
    case("refusals leave the denominator", [], 200, refused=50, value=100, total=200, counts={"refused": 50}),
    case("too few answers", [], 50, result=Result.INSUFFICIENT, total=50),
    case("no answer", [], 0, result=Result.NO_DATA),
]
