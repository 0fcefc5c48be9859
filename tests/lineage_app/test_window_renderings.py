"""One window, one set of edges: table, Mermaid, SVG, DOT, outline, CSV and JSON are read back and compared, at any size
and with any names.
"""

import json
import random
from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_app.domain.exports import as_data, as_markdown, csv_rows
from lineage_app.domain.grouping import fold_groups, folded_groups
from lineage_app.domain.window import MORE_DOWN, MORE_UP, Window, WindowEdge, WindowNode, fold
from portal.core.diagrams import HARD_EDGES, HARD_NODES, HARD_TEXT_BYTES, to_dot, to_mermaid, to_outline, to_svg
from tests.lineage_app import renderings

HOSTILE = [
    '"];click n1 call alert(1)', "end", "graph TD", "subgraph x", "a-->b", "%%{init: {}}%%", "x\ny\r\nz",
    "<script>alert(1)</script>", "<b>bold</b>&amp;&lt;", "`**md**`", "1. list", "- item", "# head", "\u202egnp.exe",
    "日本語/テーブル", "'; DROP", "a" * 500, "é" * 300, "{{ braces }}", "[[x]]", "|pipe|",
    "\\N \\l \\", "=1+1", "\x00\x1b", "🙂" * 40, "class n1 x", "",
]  # fmt: skip
MORE = {MORE_UP: "/lineage/up/", MORE_DOWN: "/lineage/down/?a=1&b=2"}


def estate(size: int, seed: int, *, jobs: bool = False, group: str = "") -> tuple[list[WindowNode], list[WindowEdge]]:
    """A connected graph of `size` nodes round node 0, with hostile names, all states and a few cycles."""
    chance = random.Random(seed)
    nodes, edges = [], {}
    for number in range(size):
        name = chance.choice(HOSTILE) + (f" {number}" if chance.random() < 0.5 else "")
        distance = 0 if number == 0 else chance.choice((-3, -2, -1, 1, 2, 3))
        role = "job" if jobs and number and number % 3 == 0 else "dataset"
        layer = chance.choice(("raw", "feature", "product", ""))
        nodes.append(
            WindowNode(
                str(number), name, chance.choice(HOSTILE), "table", layer, distance, f"/lineage/datasets/{number}/",
                owner=chance.choice(HOSTILE), role=role, state=chance.choice(("", "", "dropped")), since="2026-03-01",
                group={"layer": layer or "none", "namespace": chance.choice(HOSTILE) or "none"}.get(group, ""),
                unshown_up=chance.choice((0, 7)), expand_up=f"/lineage/datasets/0/?expand={number}-up",
            )
        )  # fmt: skip
        for _ in range(chance.choice((1, 1, 2, 3)) if number else 0):
            ends = (str(chance.randrange(number)), str(number))
            src, dst = ends if distance > 0 else ends[::-1]
            state = chance.choice(("seen", "seen", "declared", "failed"))
            name = chance.choice(HOSTILE)
            edges[src, dst] = WindowEdge(src, dst, state, (name,), chance.random() < 0.1, "2026-03-01T10:00:00+00:00")
    return nodes, list(edges.values())


def window_of(size: int, seed: int, *, jobs: bool, group: str, limit: int) -> Window:
    nodes, edges = estate(size, seed, jobs=jobs, group=group)
    folded = folded_groups(nodes, focus="0", opened=(), closed=(), limit=limit) if group else set()
    urls = dict.fromkeys(folded, "/lineage/datasets/0/?opened=x")
    nodes, edges = fold_groups(nodes, edges, folded, urls)
    return fold("0", nodes, edges, limit=limit, more_urls=MORE)


def assert_one_edge_set(window: Window) -> None:
    keys = [node.key for node in window.nodes]
    wanted = {(edge.src, edge.dst) for edge in window.edges}
    graph = window.graph("A window")

    class Picture:
        summary, view, rows = "", {"jobs": False}, None

    Picture.rows = [{"src": window.by_key()[e.src], "edge": e, "dst": window.by_key()[e.dst]} for e in window.edges]
    table = render_to_string("lineage_app/_partials/window_table.html", {"picture": Picture()})
    branches = [render_to_string("lineage_app/_partials/branch.html", {"branch": one}) for one in to_outline(graph)]
    text = to_mermaid(graph)
    assert renderings.of_table(table) == wanted
    assert renderings.of_outline("".join(branches)) == wanted
    assert renderings.of_mermaid(text, keys) == wanted
    assert renderings.of_svg(to_svg(graph), keys) == wanted
    assert renderings.of_dot(to_dot(graph), keys) == wanted
    assert renderings.of_json(json.loads(json.dumps(as_data(window, "x")))) == wanted
    assert len(list(csv_rows(window))) == len(wanted)
    markdown = as_markdown(window, "A <window>", "")
    assert renderings.of_mermaid(markdown.split("```mermaid\n")[1].split("```")[0].rstrip("\n"), keys) == wanted
    assert (len(keys) <= HARD_NODES, len(wanted) <= HARD_EDGES, len(text.encode()) <= HARD_TEXT_BYTES) == (True,) * 3


@pytest.mark.parametrize("group", ["", "layer", "namespace"])
@pytest.mark.parametrize("jobs", [False, True], ids=["datasets", "jobs"])
@pytest.mark.parametrize("size", [10, 80, 150, 500, 5_000])
def test_every_rendering_has_one_edge_set_at_every_size_with_hostile_names(size: int, jobs: bool, group: str) -> None:
    for limit in (80, 150):
        window = window_of(size, size, jobs=jobs, group=group, limit=limit)
        assert_one_edge_set(window)
        assert sum(node.hidden or 1 for node in window.nodes) == size  # nothing is hidden silently
        assert window.hidden_up + window.hidden_down == sum(n.hidden for n in window.nodes if n.role == "more")


@given(st.integers(1, 60), st.integers(0, 2**32), st.booleans(), st.sampled_from(["", "layer", "namespace"]))
@settings(max_examples=15, deadline=None)
def test_every_rendering_has_one_edge_set_for_any_graph(size: int, seed: int, jobs: bool, group: str) -> None:
    assert_one_edge_set(window_of(size, seed, jobs=jobs, group=group, limit=20))


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_at_all_stays_inside_its_label(text: str) -> None:
    nodes = [WindowNode("0", text, text, text, "raw", 0, owner=text), WindowNode("1", text, text, text, text, 1)]
    nodes = [node if not text else WindowNode(node.key, text, text, text, text, 0, group=text) for node in nodes]
    window = Window("0", tuple(nodes), (WindowEdge("0", "1", "failed", (text,), last_seen=text, tokens=(text,)),))
    graph = window.graph(text)
    assert renderings.of_mermaid(to_mermaid(graph), ["0", "1"]) == {("0", "1")}
    assert renderings.of_svg(to_svg(graph), ["0", "1"]) == {("0", "1")}


@given(st.text(max_size=120).filter(lambda text: text.isprintable()))
@settings(max_examples=40, deadline=None)
def test_graphviz_reads_the_very_label_that_was_written(text: str) -> None:
    from portal.core.diagrams import Graph, Node

    graph = Graph((Node("0", text),), ())
    import subprocess

    done = subprocess.run(["dot", "-Tjson0"], input=to_dot(graph).encode(), capture_output=True, check=True)
    (node,) = json.loads(done.stdout)["objects"]
    if text.strip():
        assert unescape(node["label"]).replace("\\\\", "\\") == text.strip()


def test_the_group_of_the_focus_stays_open_and_a_group_on_both_sides_makes_no_cycle() -> None:
    nodes = [WindowNode("f", "f", "a", "", "", 0, group="a")]
    nodes += [WindowNode(f"u{n}", "u", "b", "", "", -1, group="b") for n in range(3)]
    nodes += [WindowNode(f"d{n}", "d", "b", "", "", 1, group="b") for n in range(3)]
    edges = [WindowEdge(f"u{n}", "f", "seen") for n in range(3)] + [WindowEdge("f", f"d{n}", "seen") for n in range(3)]
    folded = folded_groups(nodes, focus="f", opened=(), closed=("a", "b"), limit=80)
    shown, arrows = fold_groups(nodes, edges, folded, {})
    assert folded == {"b"}
    assert {(node.key, node.hidden) for node in shown} == {("f", 0), ("group-up:b", 3), ("group-down:b", 3)}
    assert {(edge.src, edge.dst) for edge in arrows} == {("group-up:b", "f"), ("f", "group-down:b")}


def test_the_stronger_knowledge_of_two_edges_holds_and_own_goes_before_foreign() -> None:
    def folded(*edges: WindowEdge) -> Any:
        nodes = [WindowNode("f", "f", "", "", "", 0)]
        nodes += [WindowNode(f"d{n}", "d", "", "", "", 1, group="g") for n in range(2)]
        return fold_groups(nodes, edges, {"g"}, {})[1][0]

    own = folded(WindowEdge("f", "d0", "failed"), WindowEdge("f", "d1", "seen", foreign=True))
    assert (own.state, own.foreign) == ("failed", False)
    seen = folded(WindowEdge("f", "d0", "declared", ("a",)), WindowEdge("f", "d1", "seen", ("b",)))
    assert (seen.state, seen.jobs) == ("seen", ("a", "b"))
