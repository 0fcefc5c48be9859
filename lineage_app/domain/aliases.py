"""Two names, one node: the symlinks facet joins names, and every joined group has one representative.

Source: SymlinksDatasetFacet 1-0-0, 1-0-1. The representative is the smallest name of the group, which
depends on the set of pairs only, never on their order.
"""

from collections.abc import Iterable
from typing import Any

from lineage_app.domain.names import Name


def read_symlinks(facet: Any) -> set[Name]:
    """Return the other names in a symlinks facet.

    >>> read_symlinks({"identifiers": [{"namespace": "hive://h", "name": "db.t"}, {"name": 3}]})
    {Name(namespace='hive://h', name='db.t')}
    """
    items = facet.get("identifiers") if isinstance(facet, dict) else None
    return {
        Name(item["namespace"], item["name"])
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
        and isinstance(item.get("namespace"), str)
        and isinstance(item.get("name"), str)
        and item["name"]
    }


def representatives(pairs: Iterable[tuple[Name, Name]]) -> dict[Name, Name]:
    """Return each joined name's representative (union-find with the smaller name as root).

    >>> a, b, c = Name("n", "a"), Name("n", "b"), Name("n", "c")
    >>> representatives([(c, b), (b, a)]) == {a: a, b: a, c: a}
    True
    """
    root: dict[Name, Name] = {}

    def find(name: Name) -> Name:
        root.setdefault(name, name)
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for left, right in pairs:
        first, second = sorted((find(left), find(right)))
        root[second] = first
    return {name: find(name) for name in root}
