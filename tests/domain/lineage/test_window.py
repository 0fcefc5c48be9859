"""A window shows the focus first, says how much it left out, and can always be drawn."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lineage_app.domain.personal import spread
from lineage_app.domain.window import MORE_DOWN, MORE_UP, Window, WindowEdge, WindowNode, fold
from portal.core.diagrams import to_mermaid, to_svg

URLS = {MORE_UP: "/lineage/up/", MORE_DOWN: "/lineage/down/"}


def star(up: int, down: int, label: str = "dataset") -> Window:
    nodes = [WindowNode("f", "focus", "demo", "table", "raw", 0)]
    nodes += [WindowNode(f"u{n}", label, "demo", "table", "", -1) for n in range(up)]
    nodes += [WindowNode(f"d{n}", label, "demo", "table", "", 1) for n in range(down)]
    edges = [WindowEdge(f"u{n}", "f", "seen", ("load",)) for n in range(up)]
    edges += [WindowEdge("f", f"d{n}", "seen", ("load",)) for n in range(down)]
    return fold("f", nodes, edges, limit=80, more_urls=URLS)


def test_a_small_graph_is_shown_whole() -> None:
    window = star(3, 4)
    assert (len(window.nodes), len(window.edges), window.hidden_up, window.hidden_down) == (8, 7, 0, 0)


def test_three_hundred_direct_descendants_become_a_node_that_says_how_many_and_links_to_them() -> None:
    window = star(0, 300)
    assert len(window.nodes) <= 80
    more = window.by_key()[MORE_DOWN]
    assert (more.label, more.url) == (f"+{window.hidden_down} more", "/lineage/down/")
    assert window.hidden_down + len(window.nodes) - 2 == 300


@given(st.integers(0, 400), st.integers(0, 400), st.text(min_size=1, max_size=200))
@settings(max_examples=15, deadline=None)
def test_any_window_can_be_drawn_and_hides_nothing_silently(up: int, down: int, label: str) -> None:
    window = star(up, down, label)
    to_mermaid(window.graph())
    shown = sum(1 for node in window.nodes if not node.hidden)
    assert shown + window.hidden_up + window.hidden_down == up + down + 1


def test_a_hostile_wide_label_still_draws_as_svg() -> None:
    assert "+" in to_svg(star(90, 90, "<script>" * 20).graph("t"))


def test_personal_columns_follow_known_links_stop_at_masks_and_spread_where_nothing_is_known() -> None:
    links = {(1, 2): [("email", "mail", True)], (2, 3): [("mail", "hash", False)], (2, 4): [("mail", "contact", True)]}
    reached = spread({1: ["email"]}, [(1, 2), (2, 3), (2, 4), (4, 5)], links)
    assert reached[2].columns == {"mail"}
    assert 3 not in reached
    assert reached[4].columns == {"contact"}
    assert reached[5].columns is None
    assert reached[5].distance == 3


def test_a_cycle_of_edges_ends() -> None:
    assert set(spread({1: None}, [(1, 2), (2, 1)], {})) == {1, 2}
