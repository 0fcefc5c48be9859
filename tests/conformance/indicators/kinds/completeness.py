"""Completeness: what comes against a source, a schedule, a control total and past weeks, window by window."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from slo_app.domain.measurement import Result
from tests.conformance.indicators.planting import Ago, Case, Reads, Table

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC)
END = NOW.replace(minute=0, second=0, microsecond=0) - HOUR  # of the newest window, by the allowance below
LATENESS = f"{int((NOW - END).total_seconds()) - 1800}s"  # puts "now" in the middle of the next window
COLUMNS = {"id": "integer", "at": "time", "rows_sent": "integer"}


def ago(hours: float = 0, weeks: int = 0) -> Ago:
    """The middle of the newest window, or of one before it."""
    at = END - HOUR / 2 - hours * HOUR - timedelta(weeks=weeks)
    return Ago((NOW - at).total_seconds() / 60)


def rows(count: int, at: Ago | None, first: int = 0) -> tuple[dict[str, object], ...]:
    """So many rows at one time, numbered."""
    return tuple({"id": first + n, "at": at} for n in range(count))


def case(
    name: str, came: tuple[dict[str, object], ...], expected: dict[str, object], reads: Reads, **more: object
) -> Case:
    """One case; `source` or `control` fills the other dataset."""
    others = {"tests/other": Table(COLUMNS, more.pop("other"))} if "other" in more else {}
    written = expected if expected.get("whole") else {"lateness": LATENESS} | expected
    terms = {"element": "at", "settings": {"expected": written}} | more
    return Case(name, Table(COLUMNS, came), reads, terms, others=others)


SOURCE = {"source": "tests/other"}
FRESH = rows(7, Ago(1), 9000)
CASES = [
    case("a-source-count", (*rows(9, ago()), *FRESH), SOURCE, Reads(value=90, good=9, total=10), other=rows(10, ago())),
    case("nothing-of-nothing", FRESH, SOURCE, Reads(result=Result.NO_DATA), other=rows(3, ago(hours=9))),
    case("unexpected", rows(3, ago()), SOURCE, Reads(value=100, counts={"unexpected": 3}), other=rows(1, ago(hours=9))),
    case("surplus", rows(5, ago()), SOURCE, Reads(value=100, total=4, counts={"surplus": 1}), other=rows(4, ago())),
    case(
        "distinct-keys",
        (*rows(3, ago()), *rows(2, ago())),
        SOURCE | {"key": "id"},
        Reads(value=60, good=3, total=5, counts={"repeated or without a key": 2}),
        other=rows(5, ago()),
    ),
    case("a-schedule", rows(30, ago()), {"rows": 10, "per": "15 min"}, Reads(value=75, total=40), window=HOUR),
    case(
        "a-control-total",
        rows(9, ago()),
        {"control": "tests/other", "column": "rows_sent"},
        Reads(value=90, total=10),
        other=({"id": 1, "at": ago(), "rows_sent": 4}, {"id": 2, "at": ago(), "rows_sent": 6}),
    ),
    case(
        "no-control-total-yet",
        rows(9, ago()),
        {"control": "tests/other", "column": "rows_sent"},
        Reads(result=Result.INSUFFICIENT, reason="no number to expect"),
        other=({"id": 1, "at": ago(hours=5), "rows_sent": 4},),
    ),
    case(
        "history",
        (*rows(6, ago()), *rows(8, ago(weeks=1), 100), *rows(9, ago(weeks=2), 200), *rows(30, ago(weeks=3), 300)),
        {"history": 3},
        Reads(good=6, total=9),
    ),
    case(
        "history-of-one-week",
        (*rows(6, ago()), *rows(8, ago(weeks=1), 100)),
        {"history": 4},
        Reads(result=Result.INSUFFICIENT),
    ),
    case("whole", rows(9, Ago(1)), SOURCE | {"whole": True}, Reads(value=90), other=rows(10, Ago(1))),
    case("without-a-time", (*rows(5, ago()), *rows(4, None, 50)), {"rows": 10},
         Reads(value=Decimal(50), counts={"without a time": 4})),
    case("no-such-key", rows(1, ago()), {"rows": 1, "key": "nope"}, Reads(refused="no column “nope”")),
    Case("incomplete", Table(COLUMNS, rows(1, ago())), Reads(refused="Nothing says what complete means"),
         {"element": "at"}),
]  # fmt: skip
