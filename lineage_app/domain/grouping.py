"""Folding whole namespaces or layers of a window into one node each, as asked or when there are too many nodes.

The group of the focus stays open. A group that lies on both sides of the focus folds into one node a side, so that
folding never makes a cycle through the focus.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from lineage_app.domain.window import WindowEdge, WindowNode, merged, weight


def folded_groups(
    nodes: Sequence[WindowNode], *, focus: str, opened: Collection[str], closed: Collection[str], limit: int
) -> set[str]:
    """Return the groups to fold: those asked for, then the largest not opened by hand until `limit` nodes are left.

    >>> node = WindowNode("f", "f", "", "", "", 0, group="a")
    >>> more = [WindowNode(str(n), "x", "", "", "", 1, group="b") for n in range(9)]
    >>> folded_groups([node, *more], focus="f", opened=(), closed=(), limit=5)
    {'b'}
    """
    own = {node.group for node in nodes if node.key == focus}
    sizes = Counter(node.group for node in nodes if node.group and node.group not in own)
    chosen = {name for name in closed if name in sizes}
    left = len(nodes) - sum(sizes[name] - 1 for name in chosen)
    for name, size in sizes.most_common():
        if left <= limit or size == 1:
            break
        if name not in chosen and name not in opened:
            chosen.add(name)
            left -= size - 1
    return chosen


def fold_groups(
    nodes: Sequence[WindowNode], edges: Sequence[WindowEdge], names: Collection[str], urls: dict[str, str]
) -> tuple[list[WindowNode], list[WindowEdge]]:
    """Return nodes and edges with each of the groups `names` as one node a side; `urls` open them again."""
    inside: dict[tuple[str, bool], list[WindowNode]] = {}
    for node in nodes:
        if node.group in names:
            inside.setdefault((node.group, node.distance < 0), []).append(node)
    moved = {node.key: _key(*where) for where, members in inside.items() for node in members}
    kept = [node for node in nodes if node.group not in names]
    kept += [_one(name, up, members, urls.get(name, "")) for (name, up), members in inside.items()]
    return kept, list(merged(edges, moved))


def _key(name: str, up: bool) -> str:
    return f"group-{'up' if up else 'down'}:{name}"


def _one(name: str, up: bool, members: list[WindowNode], url: str) -> WindowNode:
    count = sum(map(weight, members))
    near = min((member.distance for member in members), key=abs)
    return WindowNode(
        _key(name, up),
        name,
        "",
        f"{count} folded",
        "",
        near,
        url,
        hidden=count,
        role="group",
        beside=all(member.beside for member in members),
    )
