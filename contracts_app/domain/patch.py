"""One form field changed, one span of the YAML replaced: comments, order and unknown keys stay as they were.

A path is a tuple of keys. The text is read again after each edit, so that every position is true.
"""

from __future__ import annotations

from contracts_app.domain.nodes import Node
from contracts_app.domain.scalars import quoted, resolve
from contracts_app.domain.source import MAX_DEPTH, read

Path = tuple[str, ...]
Value = str | float | int | bool | list[str]


class PatchError(ValueError):
    """An edit that cannot be made in this text; the sentence says why."""


def set_value(text: str, path: Path, value: Value) -> str:
    """The text with `value` under `path`; missing parents are made.

    >>> set_value("a: 1  # why\\n", ("a",), 2)
    'a: 2  # why\\n'
    >>> set_value("f: {type: int}\\n", ("f", "min"), 0)
    'f: {type: int, min: 0}\\n'
    >>> set_value("a:\\n  b: 1\\n", ("a", "c"), "NO")
    'a:\\n  b: 1\\n  c: "NO"\\n'
    """
    node = _root(text).at(path) if isinstance(value, list) else None
    if isinstance(value, list) and node is not None and node.kind == "seq" and node.style == "block":
        return _put_items(text, path, [str(item) for item in value])
    return _put(text, path, written(value))


def _put_items(text: str, path: Path, wanted: list[str]) -> str:
    """A list with one item a line changes item by item, so that the comments of the others stay."""
    for at in reversed(range(len(_items(text, path)))):
        if _items(text, path)[at] not in wanted:
            text = remove(text, (*path, str(at)))
    kept = _items(text, path)
    if kept != wanted[: len(kept)]:
        raise PatchError(f"`{'.'.join(path)}` has one item a line; put them into another order in the YAML.")
    for item in wanted[len(kept) :]:
        text = append(text, path, item)
    return text


def _items(text: str, path: Path) -> list[str]:
    node = _root(text).at(path)
    return [str(item.value) if isinstance(item.value, str) else item.raw for item in node.items] if node else []


def _put(text: str, path: Path, new: str) -> str:
    """`new`, which is YAML already, under `path`."""
    if not 0 < len(path) < MAX_DEPTH:
        raise PatchError("The place to edit is not inside the document.")
    root = _root(text)
    node = root.at(path)
    if node is not None:
        return _replace(text, node, new)
    depth = next(depth for depth in range(len(path) - 1, -1, -1) if depth == 0 or root.at(path[:depth]))
    parent = root.at(path[:depth]) if depth else root
    if parent is None or not (parent.kind == "map" or _is_empty(parent)):
        raise PatchError(f"`{'.'.join(path[:depth])}` holds no keys; edit it in the YAML.")
    if parent.style == "block" and len(path) - depth > 2:  # a new section gets lines of its own
        indent = " " * (parent.entries[0][0].start.column + 1)
        inner = f"{written(path[depth + 1])}: {_nested(path[depth + 2 :], new)}"
        return _insert(text, parent, path[depth], f"\n{indent}{inner}")
    return _insert(text, parent, path[depth], _nested(path[depth + 1 :], new))


def remove(text: str, path: Path) -> str:
    """The text without the entry under `path`; a text that has no such entry stays as it is.

    >>> remove("a: 1\\nb: {c: 1, d: 2}\\n", ("b", "c"))
    'a: 1\\nb: {d: 2}\\n'
    """
    root = _root(text)
    parent = root.at(path[:-1])
    if path and parent is not None and parent.kind == "seq" and parent.item(path[-1]):
        return _remove_item(text, root, path)
    if not path or parent is None or parent.kind != "map" or parent.get(path[-1]) is None:
        return text
    position = next(at for at, (key, _) in enumerate(parent.entries) if key.value == path[-1])
    if parent.style == "flow":
        return _remove_from_flow(text, parent, position)
    if len(parent.entries) == 1:
        return remove(text, path[:-1]) if len(path) > 1 else ""
    start = _line_start(text, parent.entries[position][0].start.index)
    end = _line_start(text, _after(text, parent, position))
    return text[:start] + text[end:]


def rename(text: str, path: Path, name: str) -> str:
    """The text with the key at the end of `path` called `name`; raises PatchError where that key is taken.

    >>> rename("f:\\n  a: {type: int}  # why\\n", ("f", "a"), "b")
    'f:\\n  b: {type: int}  # why\\n'
    """
    parent = _root(text).at(path[:-1])
    key = parent.key_node(path[-1]) if parent is not None else None
    if parent is None or key is None or parent.kind != "map":
        raise PatchError(f"`{'.'.join(path)}` is not there any more.")
    if parent.get(name) is not None:
        raise PatchError(f"The key `{name}` is there already.")
    return text[: key.start.index] + written(name) + text[key.end.index :]


def written(value: Value) -> str:
    """The value as YAML, quoted only where it would be read as something else.

    >>> written("us-only"), written("#data"), written("1.10"), written(["view", "no"])
    ('us-only', '"#data"', '"1.10"', '[view, "no"]')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(written(item) for item in value)}]"
    if isinstance(value, int | float):
        return repr(value)
    plain = resolve(value) == value and value.isascii() and all(char.isalnum() or char in "_-@./+" for char in value)
    return value if plain and value[0].isalnum() and not value.endswith(":") else quoted(value)


def _root(text: str) -> Node:
    source = read(text)
    if source.root is None:
        raise PatchError("The YAML cannot be read; mend it first, then the form works again.")
    return source.root


def _is_empty(node: Node) -> bool:
    return node.kind == "scalar" and node.value is None


def _replace(text: str, node: Node, new: str) -> str:
    if node.kind == "map" or (node.kind == "seq" and node.style == "block"):
        raise PatchError("This value spans several lines; edit it in the YAML.")
    if node.style in (">", "|"):
        old = text[node.start.index : node.end.index]
        return text[: node.start.index] + new + old[len(old.rstrip("\r\n \t")) :] + text[node.end.index :]
    space = "" if node.end.index > node.start.index else " "
    return text[: node.start.index] + space + new + text[node.end.index :]


def _nested(path: Path, value: str) -> str:
    for key in reversed(path):
        value = f"{{{written(key)}: {value}}}"
    return value


def _insert(text: str, parent: Node, key: str, value: str) -> str:
    entry = f"{written(key)}:{value if value.startswith(chr(10)) else ' ' + value}"
    if _is_empty(parent):
        return text[: parent.start.index] + f" {{{entry}}}" + text[parent.end.index :]
    if parent.style == "flow":
        return _insert_in_flow(text, parent, entry)
    end = _after(text, parent, len(parent.entries) - 1)
    indent = " " * (parent.entries[0][0].start.column - 1)
    before = text[:end] if end == 0 or text[end - 1] == "\n" else text[:end] + "\n"
    return f"{before}{indent}{entry}\n{text[end:]}"


def _insert_in_flow(text: str, parent: Node, entry: str) -> str:
    if not parent.entries:
        return text[: parent.start.index] + f"{{{entry}}}" + text[parent.end.index :]
    end = _extent(parent.entries[-1])
    return f"{text[:end]}, {entry}{text[end:]}"


def _remove_from_flow(text: str, parent: Node, position: int) -> str:
    if position + 1 < len(parent.entries):
        start, end = parent.entries[position][0].start.index, parent.entries[position + 1][0].start.index
    elif position:
        start, end = _extent(parent.entries[position - 1]), _extent(parent.entries[position])
    else:
        start, end = parent.start.index + 1, parent.end.index - 1
    return text[:start] + text[end:]


def _remove_item(text: str, root: Node, path: Path) -> str:
    """One item of a list; the list goes with its last one."""
    items, position = root.at(path[:-1]).items, int(path[-1])  # type: ignore[union-attr]
    if len(items) == 1:
        return remove(text, path[:-1])
    first = position == 0
    if root.at(path[:-1]).style == "flow":  # type: ignore[union-attr]
        start = items[0].start.index if first else items[position - 1].end.index
        return text[:start] + text[items[1].start.index if first else items[position].end.index :]
    start = _line_start(text, items[position].start.index)
    end = text.find("\n", _last(items[position]).end.index)
    return text[:start] + (text[end + 1 :] if end >= 0 else "")


def _last(node: Node) -> Node:
    """The last value inside a block collection: the collection's own end is where the next thing begins."""
    while node.style == "block" and (node.entries or node.items):
        node = node.entries[-1][1] if node.entries else node.items[-1]
    return node


def _extent(entry: tuple[Node, Node]) -> int:
    return max(entry[0].end.index, entry[1].end.index)


def _after(text: str, parent: Node, position: int) -> int:
    """Where the line after the entry's last character begins; its own comment belongs to it."""
    last = _last(parent.entries[position][1])
    end = text.find("\n", max(_extent((parent.entries[position][0], last)) - (last.style in (">", "|")), 0))
    return len(text) if end < 0 else end + 1


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def append(text: str, path: Path, value: str, *, key: str = "") -> str:
    """The text with one more item in the list under `path`; with `key` the item is a mapping of that one key.

    >>> append("a:\\n  - x\\n", ("a",), "y")
    'a:\\n  - x\\n  - y\\n'
    >>> append("a: [x]\\n", ("a",), "y")
    'a: [x, y]\\n'
    """
    root = _root(text)
    node = root.at(path)
    item = written(value)
    if node is None or _is_empty(node):
        item = f"{{{key}: {item}}}" if key else item
        return _start_list(text, path, item) or _put(text, path, f"[{item}]")
    if node.kind != "seq":
        raise PatchError(f"`{'.'.join(path)}` is not a list; edit it in the YAML.")
    if node.style == "flow":
        item = f"{{{key}: {item}}}" if key else item
        at = node.end.index - 1
        return f"{text[:at]}{', ' if node.items else ''}{item}{text[at:]}"
    indent = " " * (node.start.column - 1)
    end = text.find("\n", _last(node).end.index)
    end = len(text) if end < 0 else end
    return f"{text[:end]}\n{indent}- {key + ': ' if key else ''}{item}{text[end:]}"


def _start_list(text: str, path: Path, item: str) -> str:
    """A new list in a block mapping gets a line an item; empty where the list cannot stand there."""
    root = _root(text)
    parent = root.at(path[:-1])
    if parent is None or parent.style != "block" or parent.get(path[-1]) is not None:
        return ""
    plain = item[1:-1] if item.startswith("{") else item
    return _insert(text, parent, path[-1], f"\n{' ' * (parent.entries[0][0].start.column + 1)}- {plain}")
