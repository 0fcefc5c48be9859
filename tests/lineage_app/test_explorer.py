"""The explorer opens step by step: jobs, groups, neighbours, ways; every address is a state that can be shared."""

import json
import re
from typing import Any

import pytest
from django.urls import reverse

from lineage_app.models import Dataset, Job, Run
from tests.lineage_app import renderings
from tests.lineage_app.sending import RUN_ID, event


def number(name: str) -> int:
    return Dataset.objects.get(name=name).pk


def window(world: Any, kind: str, *args: Any, **query: Any) -> dict[str, Any]:
    path = reverse(f"lineage:{kind}-export", args=[*args, "window.json"])
    answer = world.client("cleo").get(path, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def page(world: Any, kind: str, *args: Any, **query: Any) -> str:
    return world.client("cleo").get(reverse(f"lineage:{kind}", args=args), query).content.decode()


def named(data: dict[str, Any]) -> set[tuple[str, str]]:
    names = {node["key"]: node["name"] for node in data["nodes"]}
    return {(names[edge["from"]], names[edge["to"]]) for edge in data["edges"]}


def test_a_dashboard_that_only_reads_and_a_job_that_only_writes_are_drawn_with_jobs(world: Any, send: Any) -> None:
    send(
        event(inputs=["a"], outputs=["b"], run=1),
        event(inputs=["a"], outputs=[], run=2, job="dashboard"),
        event(inputs=[], outputs=["a"], run=3, job="generator"),
    )
    data = window(world, "dataset", number("a"), jobs="1")
    assert named(data) == {("a", "load"), ("load", "b"), ("a", "dashboard"), ("generator", "a")}
    assert {node["name"] for node in data["nodes"] if node["role"] == "job"} == {"load", "dashboard", "generator"}
    assert named(window(world, "dataset", number("a"))) == {("a", "b")}


def test_a_neighbour_is_added_by_its_link_and_the_link_is_gone_once_it_is_there(world: Any, send: Any) -> None:
    send(
        event(inputs=["a"], outputs=["b"], run=1),
        event(inputs=["b"], outputs=["c"], run=2, job="on"),
        event(inputs=["x"], outputs=["b"], run=3, job="side"),
    )
    first = page(world, "dataset", number("a"))
    links = set(re.findall(r'href="([^"]*expand=[^"]*)"', first))
    assert len(links) == 2
    down = next(link for link in links if link.endswith("-down"))
    opened = world.client("cleo").get(down.replace("&amp;", "&")).content.decode()
    keys = {name: str(number(name)) for name in "abcx"}
    assert renderings.of_table(opened) == {(keys["a"], keys["b"]), (keys["b"], keys["c"])}
    both = window(world, "dataset", number("a"), expand=keys["b"])
    assert named(both) == {("a", "b"), ("b", "c"), ("x", "b")}
    assert [node["beside"] for node in both["nodes"] if node["name"] == "x"] == [True]
    assert all(node["unshown"] == {"up": 0, "down": 0} for node in both["nodes"])


def test_a_hostile_expand_opens_nothing_and_breaks_nothing(world: Any, send: Any) -> None:
    send(event())
    tokens = ["x", "-1", "99999999999999999999", f"{number('a')}-sideways", "\u0661", "'", "1;drop"]
    answer = window(world, "dataset", number("a"), expand=tokens, opened=["<b>"], closed=["x" * 5_000], group="layer")
    assert named(answer) == {("a", "b")}


def test_groups_fold_into_one_node_with_a_count_and_open_by_their_link(world: Any, send: Any) -> None:
    send(event(inputs=[{"namespace": "demo_src", "name": f"s{n}"} for n in range(5)], outputs=["out"]))
    focus = number("out")
    folded = window(world, "dataset", focus, group="namespace", closed="demo_src")
    assert [(node["name"], node["hidden"]) for node in folded["nodes"] if node["role"] == "group"] == [("demo_src", 5)]
    assert named(folded) == {("demo_src", "out")}
    html = page(world, "dataset", focus, group="namespace", closed="demo_src")
    link = re.search(r'<a href="([^"]+)" aria-label="Open demo_src"', html)[1].replace("&amp;", "&")
    assert len(renderings.of_table(world.client("cleo").get(link).content.decode())) == 5


def test_the_largest_groups_fold_by_themselves_when_there_are_too_many_nodes(world: Any, send: Any) -> None:
    send(event(outputs=[{"namespace": "demo_many", "name": f"o{n}"} for n in range(120)]))
    data = window(world, "dataset", number("a"), group="namespace")
    assert named(data) == {("a", "demo_many")}
    assert data["hidden"] == {"up": 0, "down": 0}
    opened = window(world, "dataset", number("a"), group="namespace", opened="demo_many")
    assert len(opened["nodes"]) == 80


def test_parts_of_a_job_are_drawn_as_the_job_or_each_by_itself(world: Any, send: Any) -> None:
    whole = {"parent": {"job": {"namespace": "demo", "name": "nightly"}, "run": {"runId": RUN_ID.format(9)}}}
    send(event(inputs=["a"], outputs=["b"], run=1, job="nightly.sql.1", run_facets=whole))
    assert named(window(world, "dataset", number("a"), jobs="1")) == {("a", "nightly"), ("nightly", "b")}
    parts = window(world, "dataset", number("a"), jobs="1", parts="1")
    assert named(parts) == {("a", "nightly.sql.1"), ("nightly.sql.1", "b")}
    parent, part = Job.objects.get(name="nightly"), Job.objects.get(name="nightly.sql.1")
    assert named(window(world, "job", parent.pk)) == {("a", "nightly"), ("nightly", "b")}
    assert named(window(world, "job", part.pk)) == {("a", "nightly.sql.1"), ("nightly.sql.1", "b")}


def test_the_window_at_a_time_of_receipt_holds_what_had_been_received_by_then(world: Any, send: Any) -> None:
    send(event())
    assert named(window(world, "dataset", number("a"), known_at="2020-01-01 00:00")) == set()
    assert named(window(world, "dataset", number("a"), known_at="2099-01-01 00:00")) == {("a", "b")}


def test_the_state_of_the_graph_is_said_on_the_page_and_in_the_data(world: Any, send: Any, token: str) -> None:
    from tests.lineage_app.sending import post

    send(event())
    whole = window(world, "dataset", number("a"))["graph"]
    assert (whole["waiting"], whole["event"] > 0) == (0, True)
    post(token, event(run=2, minute=5))
    behind = window(world, "dataset", number("a"))["graph"]
    assert behind["waiting"] == 1
    assert "1 event waits, the oldest for" in re.sub(r"\s+", " ", page(world, "dataset", number("a")))


@pytest.fixture
def diamond(send: Any) -> None:
    """a -> b, c -> d; z apart."""
    send(
        event(inputs=["a"], outputs=["b", "c"], run=1),
        event(inputs=["b", "c"], outputs=["d"], run=2, job="join"),
        event(inputs=["y"], outputs=["z"], run=3, job="other"),
    )


def test_the_way_between_two_datasets_is_drawn_listed_and_exported_by_name(world: Any, diamond: None) -> None:
    data = window(world, "paths", number("a"), number("d"))
    assert named(data) == {("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")}
    html = page(world, "paths", **{"from": "demo/a", "to": "d"})
    assert renderings.of_table(html) == renderings.of_outline(html) == renderings.of_json(data)
    assert "Data flows from a to d in 2 steps" in html
    back = page(world, "paths", **{"from": "d", "to": "a"})
    assert "this is the way back" in back
    assert "No way was seen between a and z" in page(world, "paths", **{"from": "a", "to": "z"})


def test_a_part_of_a_name_offers_what_it_may_mean_and_no_name_says_so(world: Any, send: Any) -> None:
    send(event(inputs=["orders_raw"], outputs=["orders_clean"]))
    html = page(world, "paths", **{"from": "orders", "to": "nowhere"})
    assert re.findall(r'<a href="\?[^"]*from=\d+[^"]*">(\w+)</a>', html) == ["orders_clean", "orders_raw"]
    assert "no dataset has “nowhere” in its name" in html
    path = reverse("lineage:paths-export", args=[0, number("orders_raw"), "window.json"])
    assert world.client("cleo").get(path).status_code == 404


def test_the_job_page_shows_its_window_its_success_and_its_code(world: Any, send: Any) -> None:
    code = {"sourceCodeLocation": {"type": "git", "url": "https://github.com/acme/etl/blob/main/x.py",
                                   "repoUrl": "https://github.com/acme/etl", "version": "4f2a9c1d"},
            "sql": {"query": "SELECT 1 FROM <t>"}, "documentation": {"description": "Loads orders."},
            "ownership": {"owners": [{"name": "team:data", "type": "OWNER"}]}}  # fmt: skip
    send(
        event("START", run=1), event(run=1, minute=4, job_facets=code),
        event("FAIL", run=2, minute=9),
    )  # fmt: skip
    job = Job.objects.get(name="load")
    html = page(world, "job", job.pk)
    assert 'href="https://github.com/acme/etl/commit/4f2a9c1d"' in html
    assert "SELECT 1 FROM &lt;t&gt;" in html
    assert "Loads orders." in html
    assert "team:data" in html
    assert "(50 %)" in html
    assert "4 min" in html
    failed = page(world, "job", job.pk, state="failed")
    assert (failed.count("Failed</span>") >= 1, RUN_ID.format(1)[:17] in failed.split('id="runs"')[1]) == (True, True)
    assert named(window(world, "job", job.pk)) == {("a", "load"), ("load", "b")}


def test_a_link_to_code_is_never_anything_but_https(world: Any, send: Any) -> None:
    for place, address in enumerate(
        ("javascript:alert(1)", "http://git.example/p", "https://u:p@git.example/p", "//x")
    ):
        code = {"sourceCodeLocation": {"type": "git", "url": address, "repoUrl": address, "version": "4f2a9c1d"}}
        send(event(run=place + 1, job=f"j{place}", job_facets=code))
        html = page(world, "run", Run.objects.get(job__name=f"j{place}").pk)
        assert f'href="{address}' not in html


def test_the_run_page_lists_its_events_what_fed_it_and_its_tests(world: Any, send: Any) -> None:
    tested = {"dataQualityAssertions": {"assertions": [{"assertion": "not_null", "column": "id", "success": False}]}}
    source = {"namespace": "demo", "name": "b", "inputFacets": tested}
    send(
        event(inputs=["a"], outputs=["b"], run=1),
        event("START", inputs=[source], outputs=["c"], run=2, job="train", minute=5),
        event(inputs=[source], outputs=["c"], run=2, job="train", minute=9),
    )
    run = Run.objects.get(job__name="train")
    html = page(world, "run", run.pk)
    assert "2 events of this run are kept" in re.sub(r"\s+", " ", html)
    assert "not_null" in html
    fed = html.split('id="fed"')[1].split("</table>")[0]
    assert ">b</a>" in fed
    assert RUN_ID.format(1)[:17] in fed
    assert named(window(world, "run", run.pk)) == {("b", "train"), ("train", "c")}


@pytest.mark.parametrize("form", ["graph.svg", "graph.md", "graph.mmd", "graph.dot", "edges.csv", "window.json"])
def test_every_file_of_every_picture_is_answered(world: Any, diamond: None, form: str) -> None:
    job, run = Job.objects.get(name="join"), Run.objects.get(job__name="join")
    for kind, args in (
        ("dataset", [number("b")]),
        ("job", [job.pk]),
        ("run", [run.pk]),
        ("paths", [number("a"), number("d")]),
    ):
        answer = world.client("cleo").get(reverse(f"lineage:{kind}-export", args=[*args, form]))
        assert answer.status_code == 200
        assert answer.content
    unknown = world.client("cleo").get(reverse("lineage:dataset-export", args=[number("b"), "graph.exe"]))
    assert unknown.status_code == 404


def test_the_data_of_a_window_keeps_its_schema(world: Any, diamond: None) -> None:
    data = window(world, "dataset", number("b"))
    assert data["schema"] == "custody.lineage.window/1"
    assert set(data) == {"schema", "focus", "name", "as_of", "known_at", "graph", "hidden", "groups", "nodes", "edges"}
    node = {"key", "role", "namespace", "name", "kind", "layer", "owner", "distance", "beside", "url", "hidden",
            "state", "since", "unshown"}  # fmt: skip
    assert set(data["nodes"][0]) == node
    assert set(data["edges"][0]) == {"from", "to", "state", "jobs", "foreign", "last_seen", "tokens"}
    assert json.dumps(data)


def test_impact_counts_by_layer_and_owner_and_each_count_leads_to_its_rows(world: Any, send: Any) -> None:
    send(
        event(inputs=["a"], outputs=["raw/b", "features/c"], run=1),
        event(inputs=["features/c"], outputs=["models/d"], run=2, job="train"),
        event(inputs=["models/d"], outputs=[], run=3, job="dashboard"),
    )
    html = page(world, "impact", number("a"))
    assert "3 datasets, nearest first" in html
    links = re.findall(r'<a href="(\?[^"]*)#reached" aria-label="1 of (\w+)"', html)
    assert {word for _, word in links} >= {"raw", "feature", "model"}
    narrowed = world.client("cleo").get(f"/lineage/datasets/{number('a')}/impact/{dict(map(reversed, links))['model']}")
    assert "1 dataset, nearest first, of 3" in narrowed.content.decode()
    assert "models/d" in narrowed.content.decode()
    assert "raw/b" not in narrowed.content.decode().split('id="reached"')[1].split("</table>")[0]
    assert "dashboard" in html.split('id="readers"')[1]
    near = page(world, "impact", number("a"), distance=1)
    assert "2 datasets, nearest first, of 3" in near
    assert world.client("cleo").get(reverse("lineage:impact", args=[number("a")]), {"tier": "9"}).status_code == 422


def test_a_dropped_dataset_says_so_in_the_drawing_and_in_the_table(world: Any, send: Any) -> None:
    gone = {"namespace": "demo", "name": "b", "facets": {"lifecycleStateChange": {"lifecycleStateChange": "DROP"}}}
    send(event(run=1), event(inputs=[], outputs=[gone], run=2, job="drop", minute=9))
    data = window(world, "dataset", number("a"))
    assert [(n["state"], n["since"][:10]) for n in data["nodes"] if n["name"] == "b"] == [("dropped", "2026-03-01")]
    assert "Dropped" in page(world, "dataset", number("a"))


def wide(count: int) -> dict[str, Any]:
    """A dataset of many columns, each made of the column of the same name of `a`."""
    fields = [{"name": f"c{n:04d}", "type": "int"} for n in range(count)]
    made = {field["name"]: {"inputFields": [_same(field["name"])]} for field in fields}
    facets = {"schema": {"fields": fields}, "columnLineage": {"fields": made}}
    return {"namespace": "demo", "name": "wide", "facets": facets}


def _same(name: str) -> dict[str, Any]:
    how = {"type": "DIRECT", "subtype": "IDENTITY", "masking": name == "c0007"}
    return {"namespace": "demo", "name": "a", "field": name, "transformations": [how]}


def test_a_table_of_two_thousand_columns_is_paged_searched_and_followed_by_column(world: Any, send: Any) -> None:
    send(event(outputs=[wide(2_000)]))
    html = page(world, "columns", number("wide"))
    assert "2000 columns" in html
    assert html.count("<tr>") < 350
    assert "200 of 2000 links shown" in html
    found = page(world, "columns", number("wide"), q="c0007")
    assert "1 column with" in found
    followed = page(world, "columns", number("wide"), column="c0007")
    assert "1 of 1 link shown" in followed
    assert "Masked" in followed
    assert f'href="{reverse("lineage:columns", args=[number("a")])}?column=c0007"' in followed
    down = page(world, "columns", number("a"), column="c0007")
    assert "No event says what this column is made of" in down
    assert 'id="out"' in down


def test_the_markdown_links_each_asset_to_what_the_ledger_holds_of_it(world: Any, send: Any) -> None:
    from portal.core.catalog.services import adopt_asset
    from portal.core.evidence.models import Entry
    from portal.core.identity.actors import system_actor

    adopt_asset(actor=system_actor("tests"), namespace="demo", name="b", kind="table", owner_team=world.platform)
    send(event())
    path = reverse("lineage:dataset-export", args=[number("a"), "graph.md"])
    text = world.client("cleo").get(path).content.decode()
    entry = Entry.objects.filter(kind="catalog:asset:changed").get()
    row = next(line for line in text.splitlines() if line.startswith("| [b]"))
    assert f"[owner and tier](http://testserver{entry.get_absolute_url()})" in row
