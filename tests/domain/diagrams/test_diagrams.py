"""The drawings show exactly the graph, whatever the labels hold, and never more than a browser can draw."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.diagrams import DiagramTooLarge, Edge, Graph, Node, to_mermaid, to_outline, to_svg
from portal.core.diagrams.layout import layered, place

HOSTILE = '"];click n1 call alert(1)\n%%{init: {"securityLevel":"loose"}}%%<img src=x onerror=alert(1)>`#q;'
SVG = "{http://www.w3.org/2000/svg}"


def small() -> Graph:
    nodes = (
        Node("a", "orders", url="/lineage/datasets/1/"),
        Node("b", "features", "feature"),
        Node("c", "model"),
    )
    return Graph(nodes, (Edge("a", "b", "build"), Edge("b", "c", dashed=True)), "Lineage of orders")


def edges_of_mermaid(text: str) -> set[tuple[str, str]]:
    return set(re.findall(r'^  (n\d+) (?:-->|-\.->)(?:\|"[^"]*"\|)? (n\d+)$', text, re.MULTILINE))


def edges_of_svg(text: str) -> set[tuple[str, str]]:
    root = ET.fromstring(text)
    return {(p.get("data-from"), p.get("data-to")) for p in root.iter(f"{SVG}path") if p.get("data-from")}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    labels = draw(st.lists(st.text(max_size=60), min_size=1, max_size=12))
    keys = [str(number) for number in range(len(labels))]
    pairs = draw(st.lists(st.tuples(st.sampled_from(keys), st.sampled_from(keys)), max_size=20, unique=True))
    return Graph(
        tuple(Node(key, label, note=label, kind=label) for key, label in zip(keys, labels, strict=True)),
        tuple(Edge(src, dst, label=labels[0]) for src, dst in pairs),
    )


def test_the_text_has_generated_ids_dashed_edges_and_links_to_own_pages() -> None:
    assert to_mermaid(small()) == (
        "flowchart LR\n"
        '  n1["orders"]\n'
        '  n2["features<br/>feature"]\n'
        '  n3["model"]\n'
        '  n1 -->|"build"| n2\n'
        "  n2 -.-> n3\n"
        '  click n1 href "/lineage/datasets/1/" "Open orders" _top\n'
    )


def test_a_hostile_label_cannot_leave_its_quotes_or_start_a_directive() -> None:
    text = to_mermaid(Graph((Node("a", HOSTILE, url="javascript:alert(1)"),), ()))
    assert text.count("\n") == 2
    assert "%%" not in text
    assert "click" not in text.replace("click n1 call", "")
    assert "<img" not in text
    assert text.count('"') == 2


def test_a_hostile_label_is_text_in_the_svg_and_a_foreign_link_is_no_link() -> None:
    svg = to_svg(Graph((Node("a", HOSTILE, url="//evil.example/"),), ()))
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}img"))
    assert not list(root.iter(f"{SVG}a"))
    assert "style=" not in svg
    assert "<script" not in svg


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_every_format_shows_the_same_edges_for_any_labels(graph: Graph) -> None:
    wanted = {(graph.ids[edge.src], graph.ids[edge.dst]) for edge in graph.edges}
    shown = [branch.edges() for branch in to_outline(graph)]
    assert edges_of_mermaid(to_mermaid(graph)) == wanted
    assert {(graph.ids[a], graph.ids[b]) for pairs in shown for a, b in pairs} == wanted


@given(graphs())
@settings(max_examples=15, deadline=None)
def test_the_svg_is_well_formed_and_shows_the_same_edges_for_any_labels(graph: Graph) -> None:
    assert edges_of_svg(to_svg(graph)) == {(graph.ids[edge.src], graph.ids[edge.dst]) for edge in graph.edges}


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_the_layout_without_graphviz_places_every_node_apart_and_every_edge(graph: Graph) -> None:
    layout = layered(graph)
    assert len(set(layout.centres.values())) == len(graph.nodes)
    assert set(layout.splines) == {(edge.src, edge.dst) for edge in graph.edges}


def test_without_dot_on_the_path_the_drawing_still_appears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert place(small()) == layered(small())
    assert edges_of_svg(to_svg(small())) == {("n1", "n2"), ("n2", "n3")}


def test_the_outline_names_each_edge_once_and_ends_a_cycle() -> None:
    nodes = tuple(Node(key, key) for key in "abc")
    (root,) = to_outline(Graph(nodes, (Edge("a", "b"), Edge("b", "c"), Edge("c", "a"))))
    assert root.edges() == {("a", "b"), ("b", "c"), ("c", "a")}
    assert root.children[0].children[0].children[0].seen


@pytest.mark.parametrize(("nodes", "edges"), [(151, 0), (30, 301)])
def test_a_graph_over_the_hard_limit_is_refused_with_its_size(nodes: int, edges: int) -> None:
    boxes = tuple(Node(str(n), "x") for n in range(nodes))
    pairs = [(str(a), str(b)) for a in range(nodes) for b in range(nodes)][:edges]
    with pytest.raises(DiagramTooLarge, match=f"{nodes} nodes and {edges} edges"):
        to_mermaid(Graph(boxes, tuple(Edge(a, b) for a, b in pairs)))


def test_text_over_twenty_kilobytes_is_refused_before_a_browser_sees_it() -> None:
    with pytest.raises(DiagramTooLarge, match="bytes"):
        to_mermaid(Graph(tuple(Node(str(n), "é" + "#" * 47) for n in range(140)), ()))


def test_an_edge_to_an_unknown_node_is_refused() -> None:
    with pytest.raises(ValueError, match="not in it"):
        Graph((Node("a", "a"),), (Edge("a", "b"),))
