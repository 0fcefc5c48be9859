"""The difference of two JSON values as a short list of edits, each of which says what it found before.

An edit is applied only where the place still holds what was `read` when the edit was made: whoever changed the value in
between wins. Lists of named things are stepped into by name, so that an edit survives the insertion of a neighbour.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Edit = dict[str, Any]  # {"path": [...], "read": …, "write": …}; an absent `read` or `write` means no such key
_NAMES = ("name", "property", "value", "username", "channel")
_ABSENT = object()


def same(one: Any, other: Any) -> bool:
    """Whether two values are one to RFC 8785: 1 and 1.0 are, 1 and true are not.

    >>> same({"a": [1, 2.0]}, {"a": [1.0, 2]}), same(1, True)
    (True, False)
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def difference(old: Any, new: Any) -> list[Edit]:
    """Edits that make `new` out of `old`.

    >>> difference({"a": 1, "b": [{"name": "x", "n": 1}]}, {"b": [{"name": "x", "n": 2}]})
    [{'path': ['a'], 'read': 1}, {'path': ['b', 'x', 'n'], 'read': 1, 'write': 2}]
    """
    return list(_edits([], old, new))


def apply(data: Any, edits: Any) -> tuple[Any, list[Edit]]:
    """The data after the edits, and the edits that found something else than they expected.

    >>> apply({"a": 1}, [{"path": ["a"], "read": 1, "write": 2}, {"path": ["b"], "read": 1}])
    ({'a': 2}, [{'path': ['b'], 'read': 1}])
    """
    skipped: list[Edit] = []
    for edit in edits if isinstance(edits, list) else []:
        path = edit.get("path") if isinstance(edit, dict) else None
        if not isinstance(path, list):
            continue
        changed = _changed(data, path, edit)
        if changed is _ABSENT:
            skipped.append(edit)
        else:
            data = changed
    return data, skipped


def _edits(path: list[str], old: Any, new: Any) -> Iterator[Edit]:
    if same(old, new):
        return
    before, after = _steps(old), _steps(new)
    if before is None or after is None or not _alike(old, new, before, after):
        yield {"path": path, "read": old, "write": new}
        return
    in_order = sorted if isinstance(new, dict) else list  # the order of keys says nothing, that of a list does
    for step in in_order(before):
        if step not in after:
            yield {"path": [*path, step], "read": before[step]}
    for step in in_order(after):
        if step in before:
            yield from _edits([*path, step], before[step], after[step])
        else:
            yield {"path": [*path, step], "write": after[step]}


def _steps(value: Any) -> dict[str, Any] | None:
    """What one can step into: the entries of a mapping, or the items of a list whose names differ."""
    if isinstance(value, dict):
        return value
    key = _naming(value)
    return {item[key]: item for item in value} if key else None


def _naming(value: Any) -> str | None:
    """The key that names the items of a list, where each has one of its own."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return None
    for key in _NAMES:
        names = [item.get(key) for item in value]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return key
    return None


def _alike(old: Any, new: Any, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Mappings always; lists where the edits step by step lead to the same order."""
    if isinstance(old, dict) or isinstance(new, dict):
        return isinstance(old, dict) and isinstance(new, dict)
    reached = [step for step in before if step in after] + [step for step in after if step not in before]
    return _naming(old) == _naming(new) and reached == list(after) and any(step in after for step in before)


def _changed(data: Any, path: list[Any], edit: Edit) -> Any:
    """A copy of the data with the edit made, or `_ABSENT` where the place holds something else."""
    if not path:
        expected = "read" in edit and same(data, edit["read"])
        return edit["write"] if expected and "write" in edit else _ABSENT
    steps = _steps(data) if data != [] else {}
    step = path[0]
    if steps is None or not isinstance(step, str):
        return _ABSENT
    if len(path) == 1:
        return _entry_changed(data, steps, step, edit)
    if step not in steps:
        return _ABSENT
    inner = _changed(steps[step], path[1:], edit)
    return _ABSENT if inner is _ABSENT else _like(data, {**steps, step: inner})


def _entry_changed(data: Any, steps: dict[str, Any], step: str, edit: Edit) -> Any:
    there = steps.get(step, _ABSENT)
    expected = (there is _ABSENT) == ("read" not in edit)
    if not expected or ("read" in edit and not same(there, edit["read"])):
        return _ABSENT
    left = {key: value for key, value in steps.items() if key != step} if "write" not in edit else steps
    return _like(data, {**left, step: edit["write"]} if "write" in edit else left)


def _like(data: Any, steps: dict[str, Any]) -> Any:
    return steps if isinstance(data, dict) else list(steps.values())
