"""Drops and renames on the projected graph: history that deletes nothing, in any order and after a rebuild."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from lineage_app.models import Dataset, DatasetLife, Edge
from lineage_app.selectors import reach_of
from lineage_app.selectors.lifecycle import endings, life_of
from lineage_app.services import project_all, project_batch, rebuild
from tests.domain.lineage.test_lifecycle import told
from tests.lineage_app.sending import event, post


def dataset(name: str) -> Dataset:
    return Dataset.objects.get(namespace="demo", name=name)


def at(minute: int) -> datetime:
    return datetime(2026, 3, 1, 10, minute, tzinfo=UTC)


def ended(name: str, as_of: datetime | None = None) -> str | None:
    found = endings([dataset(name).root_pk], as_of=as_of).get(dataset(name).root_pk)
    return found.text if found else None


STORY = [
    event(inputs=["a"], outputs=["t"]),
    event(run=2, minute=1, inputs=["t"], outputs=["report"], job="publish"),
    event(run=3, minute=2, inputs=[], outputs=[told("t", "DROP")], job="drop"),
]


def test_a_dropped_dataset_is_shown_dropped_now_alive_before_and_loses_no_edge(send: Any) -> None:
    send(*STORY)
    assert ended("t") == "dropped on 2026-03-01"
    assert ended("t", at(1)) is None
    assert ended("a") is None
    assert [hop.name for hop in reach_of(dataset("a"), down=True)] == ["t", "report"]


def test_a_later_write_revives_it_and_a_failed_one_does_not(send: Any) -> None:
    send(*STORY, event("FAIL", run=4, minute=5, inputs=["a"], outputs=["t"]))
    assert ended("t") == "dropped on 2026-03-01"
    send(event(run=5, minute=6, inputs=["a"], outputs=["t"]))
    assert ended("t") is None
    assert ended("t", at(5)) == "dropped on 2026-03-01"


def test_a_rename_leads_from_the_old_name_to_the_new_and_impact_crosses_it(send: Any) -> None:
    send(
        event(inputs=["a"], outputs=["old"]),
        event(run=2, minute=1, inputs=[], outputs=[told("new", "RENAME", "old")], job="rename"),
        event(run=3, minute=2, inputs=["new"], outputs=["report"], job="publish"),
    )
    assert ended("old") == "renamed to new on 2026-03-01"
    assert ended("new") is None
    assert [hop.name for hop in reach_of(dataset("a"), down=True)] == ["old", "new", "report"]
    assert [(line.state, line.other.name) for line in life_of(dataset("new"))] == [("renamed", "old")]


def test_swapped_tables_stay_three_datasets(send: Any) -> None:
    send(
        event(inputs=[], outputs=[told("t_old", "RENAME", "t")], job="swap"),
        event(run=2, minute=1, inputs=[], outputs=[told("t", "RENAME", "t_new")], job="swap"),
    )
    assert Edge.objects.count() == 2
    assert (ended("t"), ended("t_old"), ended("t_new")) == (None, None, "renamed to t on 2026-03-01")


def test_a_drop_by_a_token_that_does_not_cover_the_namespace_is_no_drop(send: Any, world: Any) -> None:
    send(*STORY[:2])
    other = world.token("lineage:write", namespaces=("else*",))
    assert post(other, STORY[2]).status_code == 201
    project_all()
    assert ended("t") is None
    assert not DatasetLife.objects.exists()


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_doubled_and_rebuilt_the_life_is_the_same(token: str, seed: int) -> None:
    chance = random.Random(seed)
    story = [
        *STORY,
        event(run=4, minute=3, inputs=[], outputs=[told("t", "CREATE")], job="make"),
        event("START", run=5, minute=4, inputs=[], outputs=[told("t", "DROP")], job="drop"),
        event("COMPLETE", run=5, minute=5, inputs=[], outputs=[told("t", "DROP")], job="drop"),
        event(run=6, minute=6, inputs=[], outputs=[told("u", "RENAME", "report")], job="rename"),
        event("STATIC", minute=7, inputs=[], outputs=[told("v", "TRUNCATE")]),
    ]
    mixed = [*story, *chance.sample(story, 3)]
    chance.shuffle(mixed)
    for each in mixed:
        assert post(token, each).status_code == 201
        if chance.random() < 0.4:
            project_batch()
    project_all()
    expected = [
        ("t", "created", at(3), None),
        ("t", "dropped", at(2), None),
        ("t", "dropped", at(5), None),
        ("report", "left", at(6), "u"),
        ("u", "renamed", at(6), "report"),
        ("v", "truncated", at(7), None),
    ]
    assert _lines() == sorted(expected, key=str)
    rebuild()
    assert _lines() == sorted(expected, key=str)
    assert (ended("t"), ended("report")) == ("dropped on 2026-03-01", "renamed to u on 2026-03-01")


def _lines() -> list[tuple[Any, ...]]:
    rows = DatasetLife.objects.select_related("dataset", "other")
    found = [(row.dataset.name, row.state, row.at, row.other.name if row.other else None) for row in rows]
    return sorted(found, key=str)


def test_the_page_says_dropped_and_tells_the_life(send: Any, world: Any) -> None:
    send(*STORY)
    page = world.client("cleo").get(dataset("t").get_absolute_url()).content.decode()
    assert "Dropped" in page
    assert "whoever read it still holds what it held" in page
    assert "What events say happened to it" in page
