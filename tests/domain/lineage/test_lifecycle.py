"""A dataset's life from its events: what counts, in any order and however often it is told."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from lineage_app.domain.edges import derive
from lineage_app.domain.events import body_digest, parse
from lineage_app.domain.lifecycle import Change, Moment, changes_of, ending
from lineage_app.domain.lifecycle_facet import Life
from lineage_app.domain.names import Name
from lineage_app.domain.runs import Received, accumulate
from tests.lineage_app.sending import event


def told(name: str, state: str, before: str = "") -> dict[str, Any]:
    facet: dict[str, Any] = {"lifecycleStateChange": state}
    if before:
        facet["previousIdentifier"] = {"namespace": "demo", "name": before}
    return {"namespace": "demo", "name": name, "facets": {"lifecycleStateChange": facet}}


def received(*events: dict[str, Any], foreign: bool = False) -> list[Received]:
    bodies = [json.dumps(each).encode() for each in events]
    return [Received(parse(body), body_digest(body).hex(), foreign) for body in bodies]


def at(minute: int) -> datetime:
    return datetime(2026, 3, 1, 10, minute, tzinfo=UTC)


def test_start_and_complete_say_one_drop_at_the_later_time() -> None:
    events = received(
        event("START", inputs=[], outputs=[told("t", "DROP")]),
        event("COMPLETE", minute=2, inputs=[], outputs=[told("t", "DROP")]),
    )
    assert changes_of(events) == [Change(Name("demo", "t"), Life.DROPPED, at(2))]


@pytest.mark.parametrize("kind", ["START", "RUNNING", "FAIL", "ABORT"])
def test_a_run_that_did_not_complete_dropped_nothing(kind: str) -> None:
    assert changes_of(received(event(kind, inputs=[], outputs=[told("t", "DROP")]))) == []


def test_a_foreign_event_drops_nothing() -> None:
    assert changes_of(received(event(inputs=[], outputs=[told("t", "DROP")]), foreign=True)) == []


def test_a_rename_ends_one_name_starts_the_other_and_feeds_it() -> None:
    events = received(event(inputs=[], outputs=[told("new", "RENAME", "old")]))
    old, new = Name("demo", "old"), Name("demo", "new")
    changes = changes_of(events)
    assert set(changes) == {Change(new, Life.RENAMED, at(0), old), Change(old, Life.LEFT, at(0), new)}
    assert derive(accumulate(events)).edges == {(old, new)}


@pytest.mark.parametrize(
    "facet", [None, [], {"lifecycleStateChange": 3}, {"lifecycleStateChange": "GONE"}, {"_deleted": True}]
)
def test_a_facet_that_tells_nothing_changes_nothing(facet: Any) -> None:
    dataset = {"namespace": "demo", "name": "t", "facets": {"lifecycleStateChange": facet}}
    assert changes_of(received(event(inputs=[], outputs=[dataset]))) == []


def test_shuffled_and_doubled_events_tell_the_same_life() -> None:
    events = received(
        event("START", inputs=[], outputs=[told("t", "CREATE"), told("u", "TRUNCATE")]),
        event("RUNNING", minute=1, inputs=[told("t", "ALTER")], outputs=[told("t", "DROP")]),
        event("RUNNING", minute=2, inputs=[], outputs=[told("t", "CREATE"), told("v", "RENAME", "u")]),
        event("COMPLETE", minute=3, inputs=[], outputs=[told("t", "OVERWRITE")]),
    )
    first = changes_of(events)
    assert {change.state for change in first} == set(Life)
    for seed in range(10):
        chance = random.Random(seed)
        mixed = [*events, *chance.sample(events, 2)]
        chance.shuffle(mixed)
        assert changes_of(mixed) == first


@pytest.mark.parametrize(
    ("later", "lives"),
    [
        ([], False),
        ([Moment(at(5), None, run=2)], True),
        ([Moment(at(3), None, run=2)], False),
        ([Moment(at(5), None, run=1)], False),
        ([Moment(at(5), Life.CREATED, run=1)], True),
        ([Moment(at(5), Life.CREATED, run=2), Moment(at(6), Life.DROPPED, run=3)], False),
    ],
)
def test_a_dropped_dataset_lives_again_by_a_later_write_of_another_run_or_a_later_change(
    later: list[Moment], lives: bool
) -> None:
    moments = [Moment(at(0), None, run=9), Moment(at(4), Life.DROPPED, run=1), *later]
    assert (ending(moments) is None) is lives
    assert ending(reversed(moments)) == ending(moments)
