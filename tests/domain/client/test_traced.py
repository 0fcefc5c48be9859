"""`traced` tells a function's run whole and true, and never stands in the function's way."""

import asyncio
import datetime as dt
import json
import logging
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from portal.client import Dataset, EmitFailedError, Emitter, current_run, traced
from tests.domain.client.openlineage_truth import check_event

IN = Dataset("ns", "in", {"id": "int"})
OUT = Dataset("ns", "out", {"id": "int", "mail": "text"})
ROOT = Path(__file__).resolve().parents[3]


def test_a_run_tells_start_and_complete_with_rows_commit_image_path_and_repository(portal):
    emitter = portal.emitter(commit="abc1234", image="img:1", repository="https://git.example/shop")

    @traced(emitter, job="copy", inputs=[IN], outputs=[OUT], record=["day"])
    def copy(*, day: str, note: str = "x") -> Dataset:
        """Copy what is new.

        More words.
        """
        return OUT.measured(rows=3, size=90, files=1, version="v7")

    copy(day="2026-11-22", note="ana@example.com")
    start, complete = portal.events
    for event in (start, complete):
        check_event(event)
    assert [start["eventType"], complete["eventType"]] == ["START", "COMPLETE"]
    assert start["run"]["runId"] == complete["run"]["runId"]
    assert uuid.UUID(start["run"]["runId"]).version == 7
    assert "outputFacets" not in start["outputs"][0]
    counts = complete["outputs"][0]["outputFacets"]["outputStatistics"]
    assert (counts["rowCount"], counts["size"], counts["fileCount"]) == (3, 90, 1)
    assert complete["outputs"][0]["facets"]["version"]["datasetVersion"] == "v7"
    code = complete["job"]["facets"]["sourceCodeLocation"]
    assert (code["version"], code["repoUrl"]) == ("abc1234", "https://git.example/shop")
    assert code["path"] == "tests/domain/client/test_traced.py"
    assert code["url"] == "https://git.example/shop/blob/abc1234/tests/domain/client/test_traced.py"
    assert complete["run"]["facets"]["environmentVariables"]["environmentVariables"][0]["value"] == "img:1"
    assert complete["job"]["facets"]["documentation"]["description"] == "Copy what is new."
    assert {headers["Authorization"] for headers in portal.headers} == {"Bearer t0ken"}


def test_only_named_parameters_are_told_and_what_looks_like_a_secret_never(portal):
    @traced(portal.emitter(), job="copy", record=["day", "db_password", "frame"])
    def copy(customer: str, day: dt.date, db_password: str, frame: list, size: int = 5) -> None:
        del customer, day, db_password, frame, size

    copy("ana@example.com", dt.date(2026, 11, 22), "hunter2", [1, 2])
    said = portal.events[-1]["run"]["facets"]["executionParameters"]["parameters"]
    assert {one["name"]: one["value"] for one in said} == {
        "day": "2026-11-22",
        "db_password": "[hidden]",
        "frame": "<list>",
    }
    assert "ana@example.com" not in json.dumps(portal.events)
    assert "hunter2" not in json.dumps(portal.events)


def test_defaults_and_further_keywords_are_told_when_they_are_named(portal):
    @traced(portal.emitter(), job="copy", record=["size", "region"])
    def copy(size: int = 5, **more: str) -> None:
        del size, more

    copy(region="eu", city="Bonn")
    said = portal.events[-1]["run"]["facets"]["executionParameters"]["parameters"]
    assert {one["name"]: one["value"] for one in said} == {"size": "5", "region": "eu"}


def test_a_function_that_raises_is_told_as_failed_without_its_message_and_still_raises(portal):
    @traced(portal.emitter(), job="copy")
    def copy() -> None:
        raise ValueError("ana@example.com is bad")

    with pytest.raises(ValueError, match="is bad"):
        copy()
    assert portal.states == ["START", "FAIL"]
    assert portal.events[-1]["run"]["facets"]["errorMessage"]["message"] == "ValueError"
    assert "ana@example.com" not in json.dumps(portal.events)
    check_event(portal.events[-1])


def test_the_message_of_an_error_is_told_where_that_is_asked_for(portal):
    @traced(portal.emitter(), job="copy", tell_errors=True)
    def copy() -> None:
        raise ValueError("column mail is missing")

    with pytest.raises(ValueError, match="missing"):
        copy()
    assert portal.events[-1]["run"]["facets"]["errorMessage"]["message"] == "ValueError: column mail is missing"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_run_that_is_stopped_is_told_as_aborted(portal, stop):
    @traced(portal.emitter(), job="copy")
    def copy() -> None:
        raise stop

    with pytest.raises(stop):
        copy()
    assert portal.states == ["START", "ABORT"]


def test_an_async_function_is_a_run_too_and_its_cancelling_an_abort(portal):
    @traced(portal.emitter(), job="copy", outputs=[OUT], rows=len)
    async def copy() -> list[int]:
        assert current_run().job == "copy"
        await asyncio.sleep(0)
        return [1, 2]

    @traced(portal.emitter(), job="wait")
    async def wait() -> None:
        await asyncio.sleep(60)

    async def both() -> list[int]:
        task = asyncio.create_task(wait())
        found = await copy()
        while "wait" not in [event["job"]["name"] for event in portal.events]:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return found

    assert asyncio.run(both()) == [1, 2]
    told = {(event["job"]["name"], event["eventType"]) for event in portal.events}
    assert told == {("copy", "START"), ("copy", "COMPLETE"), ("wait", "START"), ("wait", "ABORT")}
    (complete,) = [event for event in portal.events if event["eventType"] == "COMPLETE"]
    assert complete["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 2
    assert "parent" not in complete["run"]["facets"]


def test_a_task_that_is_cancelled_while_its_start_travels_still_tells_its_end(portal):
    portal.answers = [(503, {"Retry-After": "1"})]

    @traced(portal.emitter(), job="wait")
    async def wait() -> None:
        raise AssertionError("it never began")

    async def cancelled_early() -> None:
        task = asyncio.create_task(wait())
        while not portal.events:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled_early())
    assert portal.states == ["START", "START", "ABORT"]


def test_two_async_runs_at_once_do_not_mistake_each_other_for_a_parent(portal):
    emitter = portal.emitter()

    @traced(emitter, job="part")
    async def part() -> None:
        await asyncio.sleep(0.01)

    @traced(emitter, job="whole")
    async def whole() -> None:
        await asyncio.gather(part(), part())

    asyncio.run(whole())
    parents = {e["run"]["runId"]: e["run"]["facets"].get("parent") for e in portal.events}
    (top,) = [run for run, parent in parents.items() if parent is None]
    assert [parent["run"]["runId"] for parent in parents.values() if parent] == [top, top]


def test_a_traced_function_inside_another_names_it_as_parent_and_the_outermost_as_root(portal):
    emitter = portal.emitter()

    @traced(emitter, job="inner")
    def inner() -> None:
        pass

    @traced(emitter, job="middle")
    def middle() -> None:
        inner()

    @traced(emitter, job="outer")
    def outer() -> None:
        middle()

    outer()
    by_job = {event["job"]["name"]: event for event in portal.events}
    parent = by_job["inner"]["run"]["facets"]["parent"]
    assert parent["job"] == {"namespace": "demo", "name": "middle"}
    assert parent["run"]["runId"] == by_job["middle"]["run"]["runId"]
    assert parent["root"]["job"]["name"] == "outer"
    assert parent["root"]["run"]["runId"] == by_job["outer"]["run"]["runId"]
    assert "parent" not in by_job["outer"]["run"]["facets"]
    check_event(by_job["inner"])


def test_a_run_hands_itself_on_to_a_child_process_by_its_environment(portal, tmp_path):
    script = tmp_path / "child.py"
    script.write_text(
        "from portal.client import traced\n@traced\ndef work():\n    pass\nif __name__ == '__main__':\n    work()\n"
    )
    with portal.emitter().run("nightly") as run:
        env = run.environment() | {"CUSTODY_URL": portal.url, "CUSTODY_TOKEN": "t", "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, str(script)], env=env, check=True, cwd=tmp_path, timeout=60)
    child = next(event for event in portal.events if event["job"]["name"] == "child.work")
    parent = child["run"]["facets"]["parent"]
    assert (parent["job"]["name"], parent["run"]["runId"]) == ("nightly", run.run_id)
    check_event(child)


def test_a_run_says_what_it_reads_and_writes_while_it_finds_out(portal):
    @traced(portal.emitter(), job="copy", outputs=[OUT])
    def copy() -> None:
        run = current_run()
        run.reads(IN.measured(rows=9))
        run.writes(OUT.measured(rows=8), Dataset("ns", "rejects", rows=1))
        run.parameter("mode", "full")
        run.tag("reason", "backfill")
        run.nominal(dt.datetime(2026, 11, 22, tzinfo=dt.UTC))

    copy()
    complete = portal.events[-1]
    check_event(complete)
    assert complete["inputs"][0]["inputFacets"]["inputStatistics"]["rowCount"] == 9
    rows = {d["name"]: d["outputFacets"]["outputStatistics"]["rowCount"] for d in complete["outputs"]}
    assert rows == {"out": 8, "rejects": 1}
    facets = complete["run"]["facets"]
    assert facets["nominalTime"]["nominalStartTime"] == "2026-11-22T00:00:00.000000Z"
    assert facets["tags"]["tags"][0]["value"] == "backfill"
    assert facets["executionParameters"]["parameters"][0]["value"] == "full"


def test_the_nominal_time_may_come_from_the_arguments_and_needs_a_zone(portal):
    @traced(portal.emitter(), job="copy", nominal=lambda since, until: (since, until))
    def copy(since: dt.datetime, until: dt.datetime) -> None:
        del since, until

    berlin = dt.timezone(dt.timedelta(hours=1))
    copy(dt.datetime(2026, 11, 22, tzinfo=berlin), dt.datetime(2026, 11, 23, tzinfo=berlin))
    said = portal.events[0]["run"]["facets"]["nominalTime"]
    assert said["nominalStartTime"] == "2026-11-21T23:00:00.000000Z"
    assert said["nominalEndTime"] == "2026-11-22T23:00:00.000000Z"
    with pytest.raises(ValueError, match="needs a zone"):
        copy(dt.datetime(2026, 11, 22), dt.datetime(2026, 11, 23))  # noqa: DTZ001


def test_a_streaming_job_tells_that_it_runs(portal):
    with portal.emitter().run("relay", processing="STREAMING", inputs=[IN], outputs=[OUT]) as run:
        run.writes(OUT.measured(rows=5))
        run.running()
    assert portal.states == ["START", "RUNNING", "COMPLETE"]
    assert portal.events[1]["job"]["facets"]["jobType"]["processingType"] == "STREAMING"
    assert portal.events[1]["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 5


def test_the_end_is_after_the_start_by_a_steady_clock_whatever_the_wall_clock_does(portal):
    with portal.emitter().run("copy") as run:
        run._began -= dt.timedelta(hours=1)  # as if the wall clock had jumped an hour ahead since
    start, end = (dt.datetime.fromisoformat(event["eventTime"]) for event in portal.events)
    assert dt.timedelta(0) < end - (start - dt.timedelta(hours=1)) < dt.timedelta(seconds=30)


def test_a_function_keeps_its_name_its_result_and_its_words(portal):
    @traced(portal.emitter())
    def add(a: int, b: int = 2) -> int:
        """Sum."""
        return a + b

    assert (add(1), add.__name__, add.__doc__) == (3, "add", "Sum.")
    assert portal.events[0]["job"]["name"].endswith("test_traced.test_a_function_keeps_its_name_its_result_and_its_"
                                                    "words.<locals>.add")  # fmt: skip


def test_a_wrong_call_raises_what_python_raises(portal):
    @traced(portal.emitter(), job="add", record=["a"])
    def add(a: int) -> int:
        return a

    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        add()


def test_what_cannot_be_traced_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match="is a generator"):

        @traced
        def rows():
            yield 1

    with pytest.raises(ValueError, match="no parameter 'dya'"):

        @traced(job="x", record=["dya"])
        def one(day):
            del day

    with pytest.raises(TypeError, match="list of names"):

        @traced(job="x", record="day")
        def two(day):
            del day

    with pytest.raises(ValueError, match="only output"):

        @traced(job="x", rows=len)
        def three():
            pass

    with pytest.raises(TypeError, match="no plain function"):
        traced(job="x")(Dataset)


def test_outside_of_a_run_there_is_none():
    with pytest.raises(LookupError, match="No run is under way"):
        current_run()


def test_without_an_address_nothing_is_sent_and_that_is_said_once(caplog):
    @traced
    def add(a: int) -> int:
        return a + 1

    with caplog.at_level(logging.WARNING, logger="portal.client.lineage"):
        assert (add(1), add(2)) == (2, 3)
    assert [record.getMessage() for record in caplog.records] == [
        "No lineage is sent: set CUSTODY_URL (or OPENLINEAGE_URL) to the portal's address."
    ]


def test_the_emitter_comes_from_the_environment_at_the_first_call(portal, monkeypatch):
    @traced(job="copy")
    def copy() -> None:
        pass

    monkeypatch.setenv("OPENLINEAGE_URL", f"{portal.url}/portal/")
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "k3y")
    monkeypatch.setenv("OPENLINEAGE_NAMESPACE", "shop")
    monkeypatch.setenv("IMAGE_TAG", "shop:9")
    copy()
    assert portal.paths == ["/portal/api/v1/lineage"] * 2
    assert portal.headers[0]["Authorization"] == "Bearer k3y"
    assert portal.events[0]["job"]["namespace"] == "shop"
    variables = portal.events[0]["run"]["facets"]["environmentVariables"]["environmentVariables"]
    assert variables == [{"name": "IMAGE_TAG", "value": "shop:9"}]


def test_a_portal_that_is_away_does_not_break_the_pipeline_unless_that_is_asked_for(caplog):
    def copy() -> int:
        return 1

    away = {"url": "http://127.0.0.1:9", "tries": 1}
    with caplog.at_level(logging.WARNING):
        assert traced(Emitter(**away), job="copy")(copy)() == 1
    assert "An event was lost. The portal could not be reached after 1 tries" in caplog.text
    with pytest.raises(EmitFailedError):
        traced(Emitter(**away, away="raise"), job="copy")(copy)()


def test_the_runs_own_error_goes_before_that_of_telling_it(portal):
    @traced(portal.emitter(tries=1), job="copy")
    def copy() -> None:
        portal.answers = [503]
        raise ValueError("bad row")

    with pytest.raises(ValueError, match="bad row") as caught:
        copy()
    assert "the portal was not told" in caught.value.__notes__[0]
