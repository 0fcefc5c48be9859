"""Vector sync lag: a source and its vectors in two datasets, and both times in one."""

from slo_app.domain.measurement import Result
from tests.conformance.indicators.planting import Ago, Between, Case, Reads, Table

SOURCE = {"id": "integer", "created": "time"}
VECTORS = {"id": "integer", "made": "time"}
BOTH = SOURCE | VECTORS


def pair(
    name: str, source: dict[int, float | None], vectors: dict[int, float | None], reads: Reads, **more: str
) -> Case:
    """Keys with the minutes since their time on either side; the vectors are measured."""
    expected = {"source": "tests/source", "element": "created", "key": "id"} | more
    return Case(
        name,
        Table(VECTORS, tuple({"id": key, "made": None if at is None else Ago(at)} for key, at in vectors.items())),
        reads,
        {"element": "made", "settings": {"expected": expected}},
        others={
            "tests/source": Table(
                SOURCE, tuple({"id": key, "created": None if at is None else Ago(at)} for key, at in source.items())
            )
        },
    )


ROWS = (
    {"id": 1, "created": Ago(4), "made": Ago(10)},
    {"id": 2, "created": Ago(30)},
    {"id": 3, "created": Ago(60), "made": Ago(50)},
)
CASES = [
    pair("behind", {1: 2, 2: 30}, {1: 14, 2: 29}, Reads(value=Between(11.9, 12.3), counts={"waiting for a vector": 1})),
    pair("a-hole", {1: 1, 2: 300}, {1: 0.5}, Reads(value=0, counts={"waiting for a vector": 1},
         figures={"oldest waiting, min": Between(299.8, 300.5)}, reason="1 wait for a vector")),
    pair("ahead", {1: 5}, {1: 1}, Reads(value=0, figures={"vectors ahead, min": Between(3.8, 4.3)},
         reason="which reads as 0")),
    pair("future", {1: 5, 2: -600}, {1: 65, 9: -600}, Reads(value=Between(59.8, 60.3),
         counts={"source rows in the future": 1, "vectors in the future": 1})),
    pair("all-null", {1: None}, {1: 1}, Reads(result=Result.BREACH, reason="No row of the source has a usable time")),
    pair("no-vector-has-a-time", {1: 90, 2: 3}, {1: None}, Reads(value=Between(89.8, 90.5),
         counts={"waiting for a vector": 2})),
    Case("infinitely-far-back",
         Table(BOTH, ({"id": 1, "created": "-infinity", "made": Ago(9)}, {"id": 2, "created": Ago(4), "made": Ago(9)})),
         Reads(value=Between(4.8, 5.3), counts={"waiting for a vector": 1}),
         {"element": "made", "settings": {"expected": {"element": "created"}}}, needs=frozenset({"infinite_times"})),
    pair("no-such-key", {1: 1}, {1: 1}, Reads(refused="no column “nope”"), key="nope"),
    Case("one-table", Table(BOTH, ROWS), Reads(value=Between(5.8, 6.3), counts={"waiting for a vector": 2},
         figures={"oldest waiting, min": Between(29.8, 30.5)}),
         {"element": "made", "settings": {"expected": {"element": "created"}}}),
    Case("incomplete", Table(VECTORS, ({"id": 1, "made": Ago(1)},)), Reads(refused="Say what the vectors follow"),
         {"element": "made"}),
]  # fmt: skip
