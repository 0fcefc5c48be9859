"""The pages show the same edges in every format, say what is hidden, and lead on when there is nothing to show."""

import csv
import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from lineage_app.models import Dataset, Job, Run
from lineage_app.selectors import downstream, downstream_datasets, latest_runs, upstream_datasets
from portal.core.catalog.services import adopt_asset
from portal.core.identity.actors import system_actor
from tests.lineage_app import renderings
from tests.lineage_app.sending import RUN_ID, event, post


def page(world: Any, name: str, pk: int | None = None, who: str = "cleo", **query: Any) -> Any:
    forms = {"json": "window.json", "drawing": "graph.svg"}
    path = reverse("lineage:dataset-export", args=[pk, forms[name]]) if name in forms else ""
    return world.client(who).get(path or reverse(f"lineage:{name}", args=[pk] if pk else []), query)


def export(world: Any, form: str, pk: int, **query: Any) -> str:
    return world.client("cleo").get(reverse("lineage:dataset-export", args=[pk, form]), query).content.decode()


def number(name: str) -> int:
    return Dataset.objects.get(name=name).pk


@pytest.fixture
def chain(send: Any) -> None:
    """a -> b -> c -> d, a failed a -> f, and a declared b -> e."""
    send(
        event(inputs=["a"], outputs=["b"], run=1),
        event(inputs=["b"], outputs=["c"], run=2, job="train", minute=10),
        event(inputs=["c"], outputs=["d"], run=3, job="serve", minute=20),
        event("FAIL", inputs=["b"], outputs=["f"], run=4, job="broken"),
        event("STATIC", inputs=["b"], outputs=["e"], job="declared"),
    )


QUERIES = [
    {},
    {"up": 5, "down": 5},
    {"up": 0, "down": 2},
    {"as_of": "2026-03-01 10:05"},
    {"jobs": "1", "down": 3},
    {"group": "namespace", "jobs": "1", "parts": "1"},
    {"group": "layer", "limit": 20},
]


@pytest.mark.parametrize("query", QUERIES)
def test_table_mermaid_svg_outline_and_json_show_the_same_edges(world: Any, chain: None, query: dict[str, Any]) -> None:
    pk = number("b")
    data = page(world, "json", pk, **query).json()
    keys = [node["key"] for node in data["nodes"]]
    wanted = {(edge["from"], edge["to"]) for edge in data["edges"]}
    assert wanted

    html = page(world, "dataset", pk, **query).content.decode()
    assert renderings.of_table(html) == renderings.of_outline(html) == wanted
    frame = page(world, "dataset-diagram", pk, **query).content.decode()
    text = unescape(re.search(r'<pre id="source"[^>]*>(.*?)</pre>', frame, re.S)[1])
    assert renderings.of_mermaid(text, keys) == wanted
    assert renderings.of_svg(page(world, "drawing", pk, **query).content, keys) == wanted
    assert renderings.of_dot(export(world, "graph.dot", pk, **query), keys) == wanted
    assert renderings.of_mermaid(export(world, "graph.mmd", pk, **query), keys) == wanted
    names = {node["key"]: node["name"] for node in data["nodes"]}
    listed = renderings.of_csv(export(world, "edges.csv", pk, **query))
    assert sorted(listed) == sorted((names[src], names[dst]) for src, dst in wanted)


def test_the_window_is_one_hop_each_way_unless_asked(world: Any, chain: None) -> None:
    names = {node["name"] for node in page(world, "json", number("b")).json()["nodes"]}
    assert names == {"a", "b", "c", "e", "f"}
    wider = {node["name"] for node in page(world, "json", number("b"), down=2).json()["nodes"]}
    assert wider == names | {"d"}


def test_states_of_edges_are_told_and_dashed_where_they_do_not_count(world: Any, chain: None, token: str) -> None:
    states = {(e["from"], e["to"]): e["state"] for e in page(world, "json", number("b")).json()["edges"]}
    b = str(number("b"))
    assert states[b, str(number("c"))] == "seen"
    assert states[b, str(number("f"))] == "failed"
    assert states[b, str(number("e"))] == "declared"
    assert page(world, "dataset-diagram", number("b")).content.decode().count("-.-&gt;") == 2


def test_as_of_shows_what_was_known_then_and_before_the_horizon_it_says_so(world: Any, chain: None) -> None:
    then = page(world, "json", number("b"), down=5, as_of="2026-03-01 10:15").json()
    assert "d" not in {node["name"] for node in then["nodes"]}
    before = page(world, "dataset", number("b"), as_of="2020-01-01 00:00").content.decode()
    assert "Before the horizon" in before
    assert page(world, "dataset", number("b"), as_of="yesterday").status_code == 422


def test_as_of_tells_when_an_edge_was_last_seen_then(world: Any, send: Any) -> None:
    send(event(run=1, minute=1), event(run=2, minute=30))
    then = page(world, "json", number("a"), as_of="2026-03-01 10:10").json()["edges"]
    now = page(world, "json", number("a")).json()["edges"]
    assert (then[0]["last_seen"][11:16], now[0]["last_seen"][11:16]) == ("10:01", "10:30")


def test_three_hundred_descendants_fold_into_a_node_that_links_to_all_of_them(world: Any, send: Any) -> None:
    send(event(outputs=[f"out{n}" for n in range(300)]))
    data = page(world, "json", number("a")).json()
    more = next(node for node in data["nodes"] if node["key"] == "more-down")
    assert len(data["nodes"]) <= 80
    assert more["hidden"] == data["hidden"]["down"] == 300 - (len(data["nodes"]) - 2)
    listed = world.client("cleo").get(more["url"]).content.decode()
    assert "300 datasets" in listed


def test_the_frame_alone_may_have_inline_styles(world: Any, chain: None) -> None:
    pk = number("b")
    assert "style-src 'self' 'unsafe-inline'" in page(world, "dataset-diagram", pk)["Content-Security-Policy"]
    outside = page(world, "dataset", pk)
    assert "unsafe-inline" not in outside["Content-Security-Policy"]
    assert "style=" not in outside.content.decode()


def test_hostile_names_are_text_everywhere(world: Any, send: Any) -> None:
    hostile = '"><script>alert(1)</script>'
    send(event(outputs=[hostile], job=hostile))
    for name in ("dataset", "dataset-diagram", "drawing", "impact", "columns"):
        assert b"<script>alert" not in page(world, name, number("a")).content
    assert b"<script>alert" not in page(world, "index").content


def test_impact_lists_distance_and_path_and_counts_declared_but_not_failed_edges(world: Any, chain: None) -> None:
    rows = list(csv.DictReader(page(world, "impact-csv", number("a")).content.decode().splitlines()))
    assert [(row["name"], row["distance"], row["path"]) for row in rows] == [
        ("b", "1", "a > b"),
        ("c", "2", "a > b > c"),
        ("e", "2", "a > b > e"),
        ("d", "3", "a > b > c > d"),
    ]
    assert "No downstream seen since" in re.sub(r"\s+", " ", page(world, "impact", number("d")).content.decode())


def test_a_csv_cell_cannot_become_a_formula(world: Any, send: Any) -> None:
    send(event(outputs=["=cmd|' /C calc'!A0"]))
    assert "'=cmd" in page(world, "impact-csv", number("a")).content.decode()


def test_selectors_answer_for_an_asset_and_by_name(chain: None) -> None:
    asset = adopt_asset(actor=system_actor("tests"), namespace="demo", name="c", kind="table")
    Dataset.objects.filter(name="c").update(asset=asset)
    assert [(hop.name, hop.depth) for hop in downstream_datasets(asset.pk)] == [("d", 1)]
    assert [hop.name for hop in upstream_datasets(asset.pk)] == ["b", "a"]
    assert [hop.name for hop in downstream("demo", "b")] == ["c", "e", "d"]
    assert [run.job.name for run in latest_runs(asset)] == ["train"]


def test_a_foreign_edge_is_shown_and_counts_for_nothing(world: Any, chain: None, send: Any) -> None:
    send(event(run=9, inputs=["a"], outputs=[{"namespace": "other", "name": "x"}]))
    shown = page(world, "dataset", number("a")).content.decode()
    assert "Foreign" in shown
    assert "x" not in {hop.name for hop in downstream("demo", "a")}


def test_the_run_page_shows_what_a_run_said_about_itself(world: Any, send: Any) -> None:
    job = {"sourceCodeLocation": {"version": "4f2a9c", "repoUrl": "https://git.example/p", "type": "git", "url": "x"}}
    run = {
        "executionParameters": {"parameters": [{"key": "d", "name": "day", "value": "2026-03-01"}]},
        "tags": {"tags": [{"key": "image", "value": "registry.example/p:1.4"}]},
        "nominalTime": {"nominalStartTime": "2026-03-01T00:00:00Z"},
        "somethingOwn": {"kept": "verbatim"},
    }
    out = {"namespace": "demo", "name": "b", "outputFacets": {"outputStatistics": {"rowCount": 4217, "size": 9001}}}
    send(event("START", job_facets=job, run_facets=run), event(minute=2, outputs=[out]))
    html = page(world, "run", Run.objects.get().pk).content.decode()
    for text in (
        "4f2a9c",
        "day=2026-03-01",
        "registry.example/p:1.4",
        "2026-03-01T00:00:00Z",
        "4217",
        "9001",
        "verbatim",
    ):
        assert text in html
    assert RUN_ID.format(1) in html
    assert "load" in page(world, "index", q="4f2a9c").content.decode()


def test_the_job_page_lists_its_runs(world: Any, chain: None) -> None:
    assert RUN_ID.format(2)[:12] in page(world, "job", Job.objects.get(name="train").pk).content.decode()


def test_without_events_the_page_says_how_to_send_the_first(world: Any) -> None:
    html = page(world, "index").content.decode()
    assert "lineage:write" in html
    assert "curl -i http" in html


def test_the_front_page_shows_runs_unclaimed_datasets_and_failed_events(world: Any, token: str, send: Any) -> None:
    from lineage_app.models import RawEvent

    post(token, event(run=7))
    RawEvent.objects.update(body="{")
    send(event(run=1, outputs=["c"]))
    html = page(world, "index", who="ana").content.decode()
    assert "could not be projected" in html
    assert RUN_ID.format(1)[:12] in html
    assert reverse("lineage:adopt", args=[number("c")]) in html


def test_a_contributor_claims_a_dataset_for_the_own_team_only(world: Any, chain: None) -> None:
    url = reverse("lineage:adopt", args=[number("c")])
    client = world.client("bob")
    refused = client.post(url, {"kind": "table", "layer": "", "team": world.logistics.pk})
    assert refused.status_code == 422
    answer = client.post(url, {"kind": "table", "layer": "raw", "team": world.platform.pk})
    asset = Dataset.objects.get(name="c").asset
    assert (asset.name, asset.layer, asset.owner_team) == ("c", "raw", world.platform)
    assert answer.url == asset.get_absolute_url()


def test_pages_keep_their_query_count_however_many_edges(
    world: Any, send: Any, django_assert_max_num_queries: Any
) -> None:
    send(*(event(run=n, outputs=[f"o{n}"], job=f"j{n}", minute=n) for n in range(40)))
    client = world.client("cleo")
    client.get(reverse("lineage:index"))
    with django_assert_max_num_queries(32):
        client.get(reverse("lineage:dataset", args=[number("a")]))
    with django_assert_max_num_queries(22):
        client.get(reverse("lineage:index"))
