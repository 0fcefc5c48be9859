"""The way between two datasets, and what is reached: every shortest way, both directions, at any moment, bounded."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lineage_app.models import Dataset
from lineage_app.selectors import downstream_datasets, paths
from lineage_app.selectors.closure import reach_of, tree_of
from lineage_app.selectors.moments import Moment
from lineage_app.selectors.paths import ways_between
from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event
from tests.lineage_estate import plant


def pk(name: str) -> int:
    return Dataset.objects.get(name=name).root_pk


def names(ways: Any) -> list[str]:
    by_pk = {row.pk: row.name for row in Dataset.objects.filter(pk__in=ways.datasets)}
    return [by_pk[each] for each in ways.datasets]


@pytest.fixture
def diamond(send: Any) -> None:
    """a -> b -> d, a -> c -> d, and a long way a -> x -> y -> d; d -> e."""
    links = [("a", "b"), ("b", "d"), ("a", "c"), ("c", "d"), ("a", "x"), ("x", "y"), ("y", "d"), ("d", "e")]
    send(*(event(inputs=[s], outputs=[t], run=n, job=f"j{n}", minute=n) for n, (s, t) in enumerate(links, 1)))


def test_all_shortest_ways_are_found_and_no_longer_one(diamond: None) -> None:
    ways = ways_between(pk("a"), pk("e"), moment=Moment(), limit=150)
    assert names(ways) == ["a", "b", "c", "d", "e"]
    assert (ways.distance, len(ways.edges), ways.turned) == (3, 5, False)


def test_when_data_flows_the_other_way_that_way_is_given_and_said(diamond: None) -> None:
    ways = ways_between(pk("e"), pk("a"), moment=Moment(), limit=150)
    assert ways.turned
    assert (names(ways)[0], names(ways)[-1]) == ("a", "e")


def test_no_way_tells_how_many_datasets_were_looked_at(diamond: None, send: Any) -> None:
    send(event(inputs=["island"], outputs=["beach"], run=99, job="sail"))
    ways = ways_between(pk("a"), pk("beach"), moment=Moment(), limit=150)
    assert not ways
    assert ways.searched > 2
    assert not ways.given_up


def test_a_search_that_gives_up_says_so(diamond: None, monkeypatch: pytest.MonkeyPatch, send: Any) -> None:
    send(event(inputs=["h0", "h1", "h2", "h3"], outputs=["far"], run=99, job="hub"))
    monkeypatch.setattr(paths, "SEARCHED", 2)
    ways = ways_between(pk("a"), pk("far"), moment=Moment(), limit=150)
    assert ways.given_up


def test_more_than_the_limit_is_cut_to_whole_ways(send: Any) -> None:
    send(event(inputs=["a"], outputs=[f"m{n}" for n in range(40)], run=1))
    send(event(inputs=[f"m{n}" for n in range(40)], outputs=["z"], run=2, job="join"))
    ways = ways_between(pk("a"), pk("z"), moment=Moment(), limit=10)
    assert (len(ways.datasets), ways.hidden) == (10, 32)
    assert {src for src, _ in ways.edges} | {dst for _, dst in ways.edges} == set(ways.datasets)


def test_a_way_is_asked_at_an_event_time_and_as_it_was_known(diamond: None, send: Any, clock: Any) -> None:
    early = Moment(as_of=datetime(2026, 3, 1, 10, 3, tzinfo=UTC))
    assert names(ways_between(pk("a"), pk("d"), moment=early, limit=150)) == ["a", "b", "d"]
    audited = clock.now()
    clock.move(hours=1)
    send(event(inputs=["a"], outputs=["e"], run=50, job="short", minute=1))
    known = Moment(known_at=audited)
    assert ways_between(pk("a"), pk("e"), moment=known, limit=150).distance == 3
    assert ways_between(pk("a"), pk("e"), moment=Moment(known_at=clock.now()), limit=150).distance == 1
    assert ways_between(pk("a"), pk("e"), moment=Moment(), limit=150).distance == 1


def test_what_is_reached_is_asked_as_it_was_known_even_when_it_was_withdrawn_since(send: Any, clock: Any) -> None:
    send(event(inputs=["a"], outputs=["b"], run=1, minute=1))
    audited = clock.now()
    clock.move(hours=1)
    send(event("FAIL", inputs=["a"], outputs=["b"], run=1, minute=2))
    a = Dataset.objects.get(name="a")
    assert [hop.name for hop in reach_of(a, down=True)] == []
    assert [hop.name for hop in reach_of(a, down=True, known_at=audited)] == ["b"]
    asset = adopt_asset(actor=system_actor("tests"), namespace="demo", name="a", kind="table")
    Dataset.objects.filter(name="a").update(asset=asset)
    assert [hop.name for hop in downstream_datasets(asset.pk, known_at=audited)] == ["b"]


def test_a_limit_keeps_the_nearest_and_says_that_there_is_more(db: None) -> None:
    planted = plant(200)
    tree = tree_of([planted.source], down=True, limit=10)
    assert not tree.whole
    assert len(tree.distance) == 10
    whole = tree_of([planted.source], down=True)
    assert whole.whole
    assert sorted(whole.distance.values())[:10] == sorted(tree.distance.values())


def test_a_pipeline_of_a_hundred_jobs_is_crossed_in_the_planted_estate(db: None) -> None:
    planted = plant(1_000)
    ways = ways_between(planted.source, planted.product, moment=Moment(), limit=150)
    assert ways.datasets[0] == planted.source
    assert ways.datasets[-1] == planted.product
    assert ways.distance == tree_of([planted.source], down=True).distance[planted.product]
