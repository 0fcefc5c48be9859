"""Groundedness as PostgreSQL and DuckDB really count it: what makes an answer invalid, who leaves the denominator."""

import json
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from portal.core.catalog.models import Asset, DataSystem, Placement
from portal.core.clock.services import now
from slo_app.domain.measurement import Result
from slo_app.indicators import registry
from slo_app.models import Slo
from slo_app.probing import look
from tests.slo_app.estate import freshness_of

pytestmark = pytest.mark.django_db
COLUMNS = {
    "answers": {
        "answer_id": "text", "answered_at": "timestamptz", "citations": "text", "refused": "boolean", "judge": "text"
    },
    "documents": {"document_id": "text", "body": "text", "deleted_at": "timestamptz"},
    "retrievals": {"answer_id": "text", "document_id": "text"},
}  # fmt: skip
ARROW = {"text": pa.string(), "timestamptz": pa.timestamp("us", "UTC"), "boolean": pa.bool_()}


class Tables:
    """The three as PostgreSQL tables; `citations` of any type that holds JSON."""

    kind = "postgresql"

    def __init__(self, url):
        self.url, self.mark, self.settings = url, uuid.uuid4().hex[:8], {}
        self.secret = url

    def object_name(self, name):
        return f"public.{name}_{self.mark}"

    def fill(self, name, rows, **kinds):
        columns = COLUMNS[name] | kinds
        with closing(psycopg.connect(self.url, autocommit=True)) as session:
            session.execute(f"DROP TABLE IF EXISTS {self.object_name(name)}")
            declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            session.execute(f"CREATE TABLE {self.object_name(name)} ({declared})")
            marks = ", ".join(f"%s::{kind}" for kind in columns.values())
            statement = f"INSERT INTO {self.object_name(name)} VALUES ({marks})"
            with session.cursor() as cursor:
                cursor.executemany(statement, [[row.get(column) for column in columns] for row in rows])

    def drop(self):
        with closing(psycopg.connect(self.url, autocommit=True)) as session:
            for name in COLUMNS:
                session.execute(f"DROP TABLE IF EXISTS {self.object_name(name)}")


class Folders:
    """The three as Parquet."""

    kind = "parquet"

    def __init__(self, root):
        self.root, self.settings, self.secret = root, {"root": str(root)}, ""

    def object_name(self, name):
        return name

    def fill(self, name, rows, **kinds):
        schema = pa.schema({column: ARROW[kind] for column, kind in (COLUMNS[name] | kinds).items() if kind in ARROW})
        (self.root / name).mkdir(exist_ok=True)
        columns = {column: [row.get(column) for row in rows] for column in schema.names}
        pq.write_table(pa.table(columns, schema), self.root / name / "0.parquet")

    def drop(self):
        """Nothing to do: the folders go with the test."""


@pytest.fixture(params=["postgresql", "parquet"])
def store(request, tmp_path):
    if request.param == "parquet":
        yield Folders(tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    tables = Tables(server.plan.database_url_of("postgres"))
    yield tables
    tables.drop()


@pytest.fixture
def slo(store, world, monkeypatch):
    """Groundedness of the answers, with the documents and the retrievals in the same system."""
    monkeypatch.setenv("CUSTODY_SECRET_RAG", store.secret)
    system = DataSystem.objects.create(
        name="assistant", kind=store.kind, settings=store.settings, created_at=now(),
        probe_secret="env:CUSTODY_SECRET_RAG" if store.secret else "",
    )  # fmt: skip
    for name in COLUMNS:
        asset = Asset.objects.create(namespace="rag", name=name, kind="table", owner_team=world.platform)
        Placement.objects.create(asset=asset, system=system, object_name=store.object_name(name))
    answers = Asset.objects.get(namespace="rag", name="answers")
    made = freshness_of(answers, kind="groundedness", element="answered_at", interval=timedelta(hours=1),
                        target_op=">=", target_value=98, alert_op="<", alert_value=96, objective="0.98")  # fmt: skip
    return Slo.objects.get(pk=made.pk)


BODIES = {"d1": "The  retention is\n30 days. It's fixed.", "d2": "Refunds take a week.", "d3": "Gone."}


def answer(number, *cited, minutes_ago=5.0, **facts):
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return {"answer_id": str(number), "answered_at": at, "citations": json.dumps(cited), "refused": False} | facts


def good(count, start=1000, minutes_ago=5.0, **facts):
    return [answer(start + n, {"document": "d1"}, minutes_ago=minutes_ago, **facts) for n in range(count)]


def plant(store, answers, retrieved=None, documents=None, **kinds):
    """Answers; unless said otherwise, everything that they cite was retrieved for them."""
    store.fill("answers", answers, **kinds)
    store.fill("documents", documents or [{"document_id": name, "body": body} for name, body in BODIES.items()])
    pairs = retrieved if retrieved is not None else [(each["answer_id"], name) for each in answers for name in BODIES]
    store.fill("retrievals", [{"answer_id": a, "document_id": d} for a, d in pairs])


def read(slo, **settings):
    slo.settings = settings
    return look(slo).reading


def test_answers_whose_citations_hold_are_all_good(store, slo):
    quote = {"document": "d1", "quote": "retention is 30   days. It's"}
    plant(store, [*good(200), answer(1, quote, {"document_id": "d2"}), answer(2, "d2")])
    reading = read(slo)
    assert (reading.value, reading.good, reading.total) == (100, 202, 202)
    assert not any(reading.counts.values())


FLAWED = {
    "no citation": answer(1),
    "citations that cannot be read": answer(1, citations="[{broken"),
    "a document that is not there": answer(1, {"document": "d1"}, {"document": "d99"}),
    "a document that was deleted": answer(1, {"document": "d3"}),
    "a quote that is not in its document": answer(1, {"document": "d2", "quote": "Refunds take a day."}),
}


@pytest.mark.parametrize("flaw", FLAWED)
def test_each_flaw_makes_an_answer_invalid_and_is_counted(store, slo, flaw):
    documents = [{"document_id": name, "body": body} for name, body in BODIES.items()]
    documents[2]["deleted_at"] = datetime.now(UTC)
    asked = [*good(199), FLAWED[flaw]]
    plant(store, asked, documents=documents, retrieved=[(a["answer_id"], d) for a in asked for d in (*BODIES, "d99")])
    reading = read(slo)
    assert (reading.good, reading.total, reading.value) == (199, 200, Decimal("99.5"))
    assert {name for name, count in reading.counts.items() if count} == {flaw}
    assert reading.reason == f"Most frequent: {flaw} (1)."


def test_a_document_that_was_not_retrieved_for_this_answer_is_no_ground(store, slo):
    """It was retrieved for another one."""
    plant(store, [*good(199), answer(1, {"document": "d2"})],
          retrieved=[*((str(1000 + n), "d1") for n in range(199)), ("1000", "d2")])  # fmt: skip
    reading = read(slo)
    assert reading.good == 199
    assert reading.counts["a document not retrieved for it"] == 1


def test_a_row_that_the_deletion_took_out_is_a_document_that_is_not_there(store, slo):
    plant(store, [*good(199), answer(1, {"document": "d3"})],
          documents=[{"document_id": name, "body": BODIES[name]} for name in ("d1", "d2")])  # fmt: skip
    assert read(slo).counts["a document that is not there"] == 1


def test_an_answer_without_any_citations_value_is_no_citation(store, slo):
    plant(store, [*good(199), answer(1, citations=None), answer(2, citations='{"document": "d1"}')])
    counts = read(slo).counts
    assert (counts["no citation"], counts["citations that cannot be read"]) == (1, 1)


def test_refusals_leave_the_denominator_and_are_counted_apart(store, slo):
    plant(store, [*good(200), *(answer(n, refused=True) for n in range(50))])
    reading = read(slo)
    assert (reading.value, reading.total, reading.counts["refused"]) == (100, 200, 50)
    assert reading.figures["refused_share"] == 20


def test_a_judge_that_failed_is_unknown_and_neither_good_nor_bad(store, slo):
    asked = [
        *good(200, judge="supported"),
        *good(20, 2000, judge="failed"),
        *good(10, 3000),
        *good(8, 4000, judge="No"),
    ]
    plant(store, [*asked, answer(1, judge="failed")])
    reading = read(slo, judge="judge")
    assert reading.counts["the judge failed"] == 30, "a failed and a missing verdict"
    assert reading.counts["not supported, says the judge"] == 8
    assert reading.counts["no citation"] == 1, "what is wrong on paper is wrong whatever a judge says"
    assert (reading.good, reading.total) == (200, 209)


def test_under_two_hundred_answers_the_window_widens_until_there_are_enough(store, slo):
    plant(store, [*good(50), *good(100, 2000, minutes_ago=100), *good(60, 3000, minutes_ago=200)])
    reading = read(slo)
    assert (reading.total, reading.value) == (210, 100)
    assert reading.reason == "Widened to 4 h for 200 answers."
    assert reading.window_end - reading.window_start == timedelta(hours=4)


def test_too_few_within_a_day_are_insufficient_and_older_ones_do_not_count(store, slo):
    plant(store, [*good(199, minutes_ago=23 * 60), *good(100, 3000, minutes_ago=25 * 60)])
    reading = read(slo)
    assert (reading.result, reading.value, reading.total) == (Result.INSUFFICIENT, None, 199)
    assert "199 within 1 d; 200 are needed" in reading.reason
    assert reading.figures["groundedness"] == 100


def test_no_answer_at_all_is_no_data_and_only_refusals_are_insufficient(store, slo):
    plant(store, [])
    assert read(slo).result is Result.NO_DATA
    plant(store, [answer(n, refused=True) for n in range(300)])
    reading = read(slo)
    assert (reading.result, reading.total) == (Result.INSUFFICIENT, 0)


def test_several_versions_of_a_document_count_as_one_and_any_may_hold_the_quote(store, slo):
    documents = [{"document_id": "d1", "body": text} for text in ("old text", "new text")]
    quoted = [
        answer(n, {"document": "d1", "quote": "new text"}, {"document": "d1", "quote": "old"}) for n in range(200)
    ]
    plant(store, quoted, documents=documents)
    assert read(slo).good == 200


def test_columns_may_be_called_otherwise_and_a_missing_one_is_named(store, slo):
    plant(store, good(200))
    assert read(slo, refused="refused", deleted="deleted_at").good == 200
    assert "answers have no column “citing”" in read(slo, citations="citing").reason
    assert "documents have no column “text”" in read(slo, body="text").reason


def test_datasets_that_are_not_known_or_lie_elsewhere_are_named(store, slo):
    plant(store, good(200))
    assert "There is no asset “rag/nowhere”" in read(slo, documents="rag/nowhere").reason
    lonely = Asset.objects.create(namespace="rag", name="lonely", kind="table")
    assert "does not lie in assistant" in read(slo, documents=lonely.key).reason


@pytest.mark.parametrize("kind", ["jsonb", "json", "text[]"])
def test_every_type_that_holds_a_list_is_read(postgres_server, slo, store, kind):
    if store.kind != "postgresql":
        return
    asked = good(200)
    if kind == "text[]":
        asked = [each | {"citations": ["d1"]} for each in asked]
    plant(store, asked, citations=kind)
    assert read(slo).good == 200


def test_its_settings_have_a_form_and_its_runbook_steps():
    kind = registry.kinds()["groundedness"]
    assert {each.name for each in kind.fields} >= {"documents", "retrievals", "citations", "judge"}
    assert set(kind.defaults.runbook) == {"Trigger", "Triage", "Fix", "Verify", "Rollback"}
