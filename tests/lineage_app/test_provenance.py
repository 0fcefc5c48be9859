"""What fed a run: the writing that was there when it started, down to versions and back to the sources."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lineage_app.models import Dataset, Run
from lineage_app.selectors.ahead import Ahead
from lineage_app.selectors.provenance import Fed, children_of, fed_at, fed_by, root_of
from tests.lineage_app.sending import RUN_ID, event


def at(minute: int) -> datetime:
    return datetime(2026, 3, 1, 10, minute, tzinfo=UTC)


def run(number: int) -> Run:
    return Run.objects.get(run_id=RUN_ID.format(number))


def numbers(steps: Any) -> list[tuple[str, int | None]]:
    """(dataset, number of the run that wrote it) of each step."""
    return [(step.dataset.name, int(step.run.run_id[-12:]) if step.run else None) for step in steps]


def whole(number: int, start: int, end: int, **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A run with its START and its COMPLETE."""
    return event("START", run=number, minute=start, **fields), event(run=number, minute=end, **fields)


def versioned(name: str, version: str) -> dict[str, Any]:
    return {"namespace": "demo", "name": name, "facets": {"version": {"datasetVersion": version}}}


def test_a_run_read_what_was_completed_before_it_started_and_not_what_completed_later(send: Any) -> None:
    send(*whole(1, 0, 5, inputs=["raw"], outputs=["b"]))
    send(*whole(2, 6, 12, inputs=["raw"], outputs=["b"]))
    send(*whole(3, 10, 20, inputs=["b"], outputs=["model"], job="train"))
    steps = list(fed_by(run(3)))
    assert numbers(steps) == [("b", 1), ("raw", None)]
    assert steps[0].how == "latest completed before"
    assert steps[0].ended_at == at(5)
    assert steps[1].how == "no producer seen"
    assert [step.distance for step in steps] == [1, 2]


def test_of_two_jobs_that_write_a_dataset_the_later_completed_one_fed_it(send: Any) -> None:
    send(*whole(1, 0, 1, outputs=["b"], job="load"), *whole(2, 2, 3, outputs=["b"], job="backfill"))
    send(*whole(3, 4, 5, inputs=["b"], outputs=["c"], job="train"))
    assert numbers(fed_by(run(3), depth=1)) == [("b", 2)]


def test_a_stated_version_is_believed_even_when_a_newer_one_was_there(send: Any) -> None:
    send(*whole(1, 0, 1, outputs=[versioned("b", "v1")]), *whole(2, 2, 3, outputs=[versioned("b", "v2")]))
    send(*whole(3, 4, 5, inputs=[versioned("b", "v1")], outputs=["c"], job="train"))
    (step,) = list(fed_by(run(3), depth=1))
    assert (numbers([step]), step.version, step.how) == ([("b", 1)], "v1", "said by the event")


def test_a_stated_version_that_nobody_is_known_to_have_made_is_told_without_a_run(send: Any) -> None:
    send(*whole(1, 0, 1, outputs=[versioned("b", "v1")]))
    send(*whole(3, 4, 5, inputs=[versioned("b", "v0")], outputs=["c"], job="train"))
    (step,) = list(fed_by(run(3), depth=1))
    assert (step.run, step.version) == (None, "v0")
    assert step.how == "said by the event; no run is known that made it"


def test_without_a_stated_version_the_version_is_that_of_the_writing(send: Any) -> None:
    send(*whole(1, 0, 1, outputs=[versioned("b", "v1")]), *whole(3, 4, 5, inputs=["b"], outputs=["c"], job="train"))
    assert [step.version for step in fed_by(run(3), depth=1)] == ["v1"]


@pytest.mark.parametrize("ending", ["FAIL", "ABORT"])
def test_a_failed_run_fed_nothing(send: Any, ending: str) -> None:
    send(*whole(1, 0, 1), event("START", run=2, minute=2), event(ending, run=2, minute=3))
    send(*whole(3, 4, 5, inputs=["b"], outputs=["c"], job="train"))
    assert numbers(fed_by(run(3), depth=1)) == [("b", 1)]


def test_a_foreign_run_fed_nothing(send: Any) -> None:
    send(*whole(1, 0, 1))
    send(event(run=2, minute=3, namespace="other", outputs=[{"namespace": "demo", "name": "b"}]))
    send(*whole(3, 4, 5, inputs=["b"], outputs=["c"], job="train"))
    assert numbers(fed_by(run(3), depth=1)) == [("b", 1)]


def test_a_completion_that_arrives_late_counts_by_its_own_time(send: Any) -> None:
    send(*whole(1, 0, 1), *whole(3, 4, 5, inputs=["b"], outputs=["c"], job="train"))
    assert numbers(fed_by(run(3), depth=1)) == [("b", 1)]
    send(*whole(2, 2, 3))
    assert numbers(fed_by(run(3), depth=1)) == [("b", 2)]


def test_what_the_portal_had_not_received_is_left_out_when_asked_as_it_was_known(send: Any, clock: Any) -> None:
    send(*whole(1, 0, 1), *whole(3, 4, 5, inputs=["b"], outputs=["c"], job="train"))
    audited = clock.now()
    clock.move(hours=1)
    send(*whole(2, 2, 3))
    assert numbers(fed_by(run(3), depth=1, known_at=audited)) == [("b", 1)]
    assert numbers(fed_by(run(3), depth=1, known_at=clock.now())) == [("b", 2)]


def test_a_writing_under_another_name_of_the_dataset_counts(send: Any) -> None:
    symlinks = {"symlinks": {"identifiers": [{"namespace": "demo", "name": "b", "type": "TABLE"}]}}
    send(*whole(1, 0, 1, outputs=[{"namespace": "demo", "name": "/files/b", "facets": symlinks}]))
    send(*whole(3, 4, 5, inputs=["b"], outputs=["c"], job="train"))
    assert [step.run for step in fed_by(run(3), depth=1)] == [run(1)]


def test_a_stream_that_was_writing_fed_the_run_though_it_never_ended(send: Any) -> None:
    streaming = {"jobType": {"processingType": "STREAMING", "integration": "FLINK"}}
    send(event("RUNNING", run=1, minute=0, job="stream", job_facets=streaming))
    send(*whole(3, 4, 5, inputs=["b"], outputs=["c"], job="train"))
    (step,) = list(fed_by(run(3), depth=1))
    assert (step.run, step.how) == (run(1), "stream writing then")


def test_a_stream_that_began_later_or_had_ended_is_not_taken(send: Any) -> None:
    streaming = {"jobType": {"processingType": "STREAMING", "integration": "FLINK"}}
    send(event("RUNNING", run=1, minute=9, job="stream", job_facets=streaming))
    send(*whole(3, 4, 5, inputs=["b"], outputs=["c"], job="train"))
    assert numbers(fed_by(run(3), depth=1)) == [("b", None)]


def test_a_table_that_is_rewritten_from_itself_ends_at_its_first_writing(send: Any) -> None:
    send(*(one for number in range(1, 4) for one in whole(number, number * 2, number * 2 + 1, inputs=["b"], job="inc")))
    assert numbers(fed_by(run(3))) == [("b", 2), ("b", 1), ("b", None)]


def test_runs_that_fed_each_other_at_the_same_minute_end_the_search(send: Any) -> None:
    send(event(run=1, inputs=["a"], outputs=["b"]), event(run=2, inputs=["b"], outputs=["a"], job="back"))
    assert sorted(numbers(fed_by(run(1)))) == [("a", 2), ("b", 1)]


def test_a_limit_of_depth_is_told(send: Any) -> None:
    send(*whole(1, 0, 1, inputs=["a"], outputs=["b"]), *whole(2, 2, 3, inputs=["b"], outputs=["c"], job="two"))
    assert not fed_by(run(2), depth=1).whole
    assert fed_by(run(2), depth=2).whole


def test_which_versions_fed_a_model_at_a_time_starts_from_the_model_that_stood_then(send: Any) -> None:
    code = {"sourceCodeLocation": {"version": "4f2a9c", "url": "https://git.example/p"}}
    send(*whole(1, 0, 1, inputs=["raw"], outputs=["b"], job_facets=code))
    send(*whole(2, 2, 3, inputs=["b"], outputs=["model"], job="train"))
    send(*whole(3, 10, 12, inputs=["b"], outputs=["model"], job="train"))
    model = Dataset.objects.get(name="model")
    steps = list(fed_at(model, at(11)))
    assert numbers(steps) == [("model", 2), ("b", 1), ("raw", None)]
    assert steps[1].revision == "4f2a9c"
    assert numbers(fed_at(model, at(12)))[0] == ("model", 3)
    assert [(step.run, step.how) for step in fed_at(model, at(1))] == [(None, "no producer seen")]


def test_a_run_knows_its_children_and_the_top_of_what_it_is_part_of(send: Any) -> None:
    def parent(number: int, job: str) -> dict[str, Any]:
        return {"parent": {"run": {"runId": RUN_ID.format(number)}, "job": {"namespace": "demo", "name": job}}}

    send(event(run=1, job="dag"), event(run=2, job="dag.task", run_facets=parent(1, "dag")))
    send(event(run=3, job="dag.task.sql", run_facets=parent(2, "dag.task")))
    assert children_of(run(1)) == [run(2)]
    assert root_of(run(3)) == run(1)
    assert root_of(run(1)) is None


def test_steps_say_what_they_are_to_a_reader() -> None:
    assert Fed(Dataset(name="raw"), "", None, "no producer seen", 1, None).revision == ""


def test_reading_ahead_changes_no_answer_and_saves_the_queries_of_every_level(
    send: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        send(
            *whole(
                n + 1,
                n * 3,
                n * 3 + 1,
                inputs=[f"d{n}", f"s{n}"],
                outputs=[versioned(f"d{n + 1}", f"v{n}")],
                job=f"j{n}",
            )
        )
    send(*whole(40, 37, 38, inputs=["s3"], outputs=[versioned("d4", "late")], job="late"))
    asked = {"inputs": [versioned("d4", "v3"), "d12"], "outputs": ["end"], "job": "end"}
    send(*whole(50, 40, 41, **asked))
    with django_assert_max_num_queries(7):
        ahead = fed_by(run(50), depth=50)
    monkeypatch.setattr("lineage_app.selectors.provenance.look_ahead", lambda *_: Ahead(None))
    walked = fed_by(run(50), depth=50)
    told = [[(s.dataset.pk, s.version, s.run, s.how, s.distance, s.consumer) for s in one] for one in (ahead, walked)]
    assert told[0] == told[1]
    assert (ahead.whole, len(ahead) > 20) == (True, True)
