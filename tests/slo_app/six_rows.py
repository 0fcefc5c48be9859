"""The six rows of the programme's catalog on real tables, each with a fault that can be made, lessened and mended.

A row's contract states its SLO exactly as the catalog does. `fault(FULL)` breaches the alert threshold, `fault(HALF)`
leaves the value between threshold and target, `fault(NONE)` mends it. Where a fault is that time goes by,
`a_minute_later` moves the data's times back: the portal's clock is injected, the database's is not.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any, ClassVar

import psycopg

from portal.core.catalog.models import Asset, DataSystem, Placement
from portal.core.clock.services import now
from slo_app.domain.alert import Phase
from slo_app.models import Alert, Measurement, Slo
from tests.slo_app.estate import activate, work

FULL, HALF, NONE = "full", "half", "none"
HEAD = """
name: events
version: 1.0.0
owner: Data Platform
asset: {namespace: tests, name: events, kind: table}
schema:
  id: {type: integer, required: true}
  at: {type: timestamp, required: true}
  amount: {type: float, required: false}
slos:
"""


class Row:
    """One row of the catalog. `steps` is how time passes: a minute, an hour or a day between two ticks."""

    kind: ClassVar[str]
    promise: ClassVar[str]
    tables: ClassVar[dict[str, str]]
    step: ClassVar[timedelta] = timedelta(minutes=1)
    calm: ClassVar[int] = 2  # ticks until it reads on target

    def __init__(self, url: str) -> None:
        """Make the tables in a schema of their own."""
        self.url, self.schema, self.state = url, f"six_{uuid.uuid4().hex[:8]}", NONE
        self.execute("CREATE EXTENSION IF NOT EXISTS vector", f"CREATE SCHEMA {self.schema}")
        self.execute(*(f"CREATE TABLE {name} ({columns})" for name, columns in self.tables.items()))
        self.fill()

    def execute(self, *statements: str) -> None:
        """Run statements in the row's schema."""
        with closing(psycopg.connect(self.url, autocommit=True)) as session:
            session.execute(f"SET search_path = {self.schema}, public")
            for statement in statements:
                session.execute(statement)  # type: ignore[arg-type]

    def close(self) -> None:
        """Take everything away."""
        self.execute(f"DROP SCHEMA {self.schema} CASCADE")

    def promised(self, world: Any, monkeypatch: Any) -> Slo:
        """Put the tables in the catalog and the contract in force."""
        monkeypatch.setenv("CUSTODY_SECRET_SIX", self.url)
        facts = {"kind": "postgresql", "probe_secret": "env:CUSTODY_SECRET_SIX", "created_at": now()}
        system = DataSystem.objects.create(name="warehouse", **facts)
        for name in self.tables:
            asset = Asset.objects.create(namespace="tests", name=name, kind="table", owner_team=world.platform)
            Placement.objects.create(asset=asset, system=system, object_name=f"{self.schema}.{name}")
        activate(Asset.objects.get(name="events"), world.ana, text=HEAD + self.promise)
        return Slo.objects.select_related("asset", "version").get(kind=self.kind)

    def fill(self) -> None:
        """What is there before anything goes wrong."""
        raise NotImplementedError

    def fault(self, size: str) -> None:
        """Make the fault, lessen it or mend it."""
        raise NotImplementedError

    def a_minute_later(self) -> None:
        """What a minute does to the data; nothing where the fault does not lie in time."""


class Freshness(Row):
    """Stop a pipeline."""

    kind = "freshness"
    promise = '  freshness_minutes: {target: 15, alert: "> 20"}\n'
    tables = {"events": "id int, at timestamptz, amount float8"}

    def fill(self) -> None:
        self.execute("INSERT INTO events VALUES (1, now(), 1)")

    def fault(self, size: str) -> None:
        self.state = size
        if size == NONE:
            self.execute("INSERT INTO events VALUES (3, now(), 1)")

    def a_minute_later(self) -> None:
        self.execute("UPDATE events SET at = at - interval '1 minute'")
        if self.state != FULL:
            behind = "0 minutes" if self.state == NONE else "17 minutes"
            self.execute(f"INSERT INTO events VALUES (2, now() - interval '{behind}', 1)")


class Completeness(Row):
    """Drop rows on the way from the source: 500 come in each window of five minutes."""

    kind = "completeness"
    promise = (
        '  completeness_pct: {target: ">= 99.5%", alert: "< 99.0%", window: 5 min,\n'
        "    expected: {source: tests/source, key: id, lateness: 1 min}}\n"
    )
    tables = dict.fromkeys(("events", "source"), "id int, at timestamptz, amount float8")

    def fill(self) -> None:
        series = (
            "SELECT n, now() + interval '20 minutes' - n * interval '0.6 second', 1 FROM generate_series(1, 6000) n"
        )
        self.execute(f"INSERT INTO source {series}", "INSERT INTO events SELECT * FROM source")

    def fault(self, size: str) -> None:
        self.execute("INSERT INTO events SELECT * FROM source WHERE id NOT IN (SELECT id FROM events)")
        if size != NONE:
            self.execute(f"DELETE FROM events WHERE id % {50 if size == FULL else 125} = 0")


class Accuracy(Row):
    """Write bad amounts."""

    kind = "accuracy"
    promise = '  accuracy_pct: {target: ">= 99.9%", alert: "< 99.7%"}\n  accuracy_rules:\n    - rule: "amount >= 0"\n'
    tables = {"events": "id int, at timestamptz, amount float8"}

    def fill(self) -> None:
        self.execute("INSERT INTO events SELECT n, now(), n FROM generate_series(1, 1000) n")

    def fault(self, size: str) -> None:
        bad = {FULL: 5, HALF: 2, NONE: 0}[size]
        self.execute(f"UPDATE events SET amount = CASE WHEN id <= {bad} THEN -1 ELSE id END")


class VectorSyncLag(Row):
    """Hold back vectors."""

    kind = "vector_sync_lag"
    promise = (
        '  vector_sync_lag_minutes: {target: 10, alert: "> 15", element: made,\n'
        "    expected: {source: tests/source, element: at, key: id}}\n"
    )
    tables = {"events": "id int, made timestamptz, embedding vector(3)", "source": "id int, at timestamptz"}

    def fill(self) -> None:
        self.execute("INSERT INTO source VALUES (1, now())")
        self._vectorise("0 minutes")

    def fault(self, size: str) -> None:
        self.state = size
        if size == NONE:
            self._vectorise("0 minutes")

    def a_minute_later(self) -> None:
        self.execute(
            "UPDATE source SET at = at - interval '1 minute'",
            "UPDATE events SET made = made - interval '1 minute'",
            "INSERT INTO source SELECT max(id) + 1, now() FROM source",
        )
        if self.state != FULL:
            self._vectorise("0 minutes" if self.state == NONE else "12 minutes")

    def _vectorise(self, behind: str) -> None:
        """Give every row that is old enough its vector, made when the job was so far behind."""
        self.execute(
            f"INSERT INTO events SELECT id, now() - interval '{behind}', '[1,2,3]' FROM source s"
            f" WHERE at <= now() - interval '{behind}' AND NOT EXISTS (SELECT FROM events e WHERE e.id = s.id)"
        )


class Drift(Row):
    """Shift a distribution: a quarter of the rows leaves the range of the baseline."""

    kind = "drift"
    promise = '  drift_psi: {target: 0.2, alert: "> 0.25", element: amount}\n'
    tables = {"events": "id int, at timestamptz, amount float8"}
    step = timedelta(days=1)

    def fill(self) -> None:
        self.execute("INSERT INTO events SELECT n, now(), n / 2000.0 FROM generate_series(1, 2000) n")

    def fault(self, size: str) -> None:
        moved = {FULL: 5, HALF: 4, NONE: 0}[size]
        self.execute(f"UPDATE events SET amount = id / 2000.0 + CASE WHEN id % 20 < {moved} THEN 2 ELSE 0 END")


class Groundedness(Row):
    """Cite a missing document."""

    kind = "groundedness"
    promise = (
        '  groundedness_pct: {target: ">= 98%", alert: "< 96%", element: answered_at,\n'
        "    expected: {documents: tests/documents, retrievals: tests/retrievals}}\n"
    )
    tables = {
        "events": "answer_id int, answered_at timestamptz, citations jsonb, refused boolean",
        "documents": "document_id text, body text, deleted_at timestamptz",
        "retrievals": "answer_id int, document_id text",
    }
    step = timedelta(hours=1)

    def fill(self) -> None:
        self.execute(
            "INSERT INTO documents VALUES ('help', 'You have 30 days. Ask us before.')",
            "INSERT INTO retrievals SELECT n, unnest(ARRAY['help', 'gone']) FROM generate_series(1, 300) n",
            "INSERT INTO events SELECT n, now() - n * interval '5 seconds', '[]', false FROM generate_series(1, 300) n",
        )
        self.fault(NONE)

    def fault(self, size: str) -> None:
        wrong = {FULL: 15, HALF: 9, NONE: 0}[size]
        self.execute(
            "UPDATE events SET citations = jsonb_build_array(jsonb_build_object('document',"
            f" CASE WHEN answer_id <= {wrong} THEN 'gone' ELSE 'help' END, 'quote', 'You have 30 days.'))"
        )


ROWS: tuple[type[Row], ...] = (Freshness, Completeness, Accuracy, VectorSyncLag, Drift, Groundedness)


def phase(slo: Slo) -> Phase:
    """Where the SLO's own alert stands; burn alerts have theirs."""
    return Phase(Alert.objects.get(slo=slo, burn="").phase)


class Journey:
    """One row with its SLO; time goes by in steps of the row."""

    def __init__(self, row: Row, slo: Slo, clock: Any) -> None:
        """Bind to the tests' clock."""
        self.row, self.slo, self.clock = row, slo, clock

    def go(self, until: Phase | None = None, steps: int = 60) -> int:
        """Let time pass until the alert stands where it should; returns how many steps that took."""
        for taken in range(1, steps + 1):
            self.clock.move(seconds=self.row.step.total_seconds())
            self.row.a_minute_later()
            work()
            self.clock.move(seconds=1)
            work()  # a slow SLO in its first breach is measured again at once
            if until is not None and phase(self.slo) is until:
                return taken
        assert until is None, f"after {steps} steps it is {phase(self.slo)}, not {until}"
        return steps

    @property
    def last(self) -> Measurement:
        """The newest measurement."""
        return self.slo.measurements.first()


def journeys(kind: type[Row], plan: Any, world: Any, clock: Any, monkeypatch: Any) -> Iterator[Journey]:
    """One row on the suite's own server, promised and looked at once; taken away afterwards."""
    row = kind(plan.database_url_of("postgres"))
    slo = row.promised(world, monkeypatch)
    work()
    yield Journey(row, slo, clock)
    row.close()
