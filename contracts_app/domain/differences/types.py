"""Which type holds every value of another one: the order behind "widened", "narrowed" and "swapped".

A number type is wider where each value of the narrower one has the same value in it: a 64-bit integer does not fit a
float. Text types differ in what they admit, not in how they are stored.
"""

from __future__ import annotations

_SAME = {"int": "integer", "bool": "boolean", "datetime": "timestamp"}
_NEXT_WIDER = {
    "integer": ("bigint", "float", "double"),
    "bigint": ("decimal",),
    "float": ("double",),
    "double": ("number",),
    "decimal": ("number",),
    "enum": ("string",),
    "uuid": ("string",),
    "string": ("text",),
    "date": ("timestamp",),
    "object": ("json",),
    "array": ("json",),
    "map": ("json",),
}


def type_change(old: str, new: str) -> str | None:
    """The kind of change from one type to another, None where they are the same under two names.

    >>> [type_change(*pair) for pair in (("int", "integer"), ("integer", "number"), ("float", "int"), ("date", "enum"))]
    [None, 'type.widened', 'type.narrowed', 'type.swapped']
    >>> type_change("string", "enum")
    'type.to-enum'
    """
    before, after = _SAME.get(old, old), _SAME.get(new, new)
    if before == after:
        return None
    if after == "enum" and before in ("string", "text"):
        return "type.to-enum"
    if is_wider(after, before):
        return "type.widened"
    return "type.narrowed" if is_wider(before, after) else "type.swapped"


def is_wider(wide: str, narrow: str) -> bool:
    """Whether `wide` holds every value of `narrow` and more.

    >>> is_wider("text", "enum"), is_wider("integer", "float")
    (True, False)
    """
    steps = _NEXT_WIDER.get(narrow, ())
    return wide in steps or any(is_wider(wide, step) for step in steps)
