"""Changes of the values that a field may take: its list, whether that list may grow, and its default.

A list is open where the contract says so or names a default for the values that a reader does not know. Opening one
weakens the promise at once, so that the values may come later in a minor version.
"""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app.domain.changes import Change, change
from contracts_app.domain.differences.values import same
from contracts_app.domain.model import FieldSpec


def allowed(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    """The list of allowed values; a list that came or went with the type is said by the type."""
    if old.allowed == new.allowed or ("enum" in (old.type, new.type) and None in (old.allowed, new.allowed)):
        return
    path, line = f"{path}.allowed", new.spot.line
    if new.allowed is None:
        yield change(path, "enum.dropped", "Any value is allowed now.", line, old=old.allowed)
    elif old.allowed is None:
        yield change(path, "enum.added", "Only listed values are allowed now.", line, new=new.allowed)
    else:
        yield from _values(path, old, new, line)


def openness(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    """Whether the list may grow, and the default; a list that is new or gone has been said already."""
    line, both = new.spot.line, old.allowed is not None and new.allowed is not None
    words = {"old": _openness(old), "new": _openness(new)}
    if both and is_open(old) != is_open(new):
        kind, word = ("enum.opened", "may grow now") if is_open(new) else ("enum.closed", "may no longer grow")
        yield change(f"{path}.open", kind, f"The list of values {word}.", line, **words)
    elif _default_counts(old, new):
        said = "The default changed."
        yield change(f"{path}.default", "default.changed", said, line, old=old.default, new=new.default)
    elif both and words["old"] != words["new"]:
        said = "It is said otherwise that the list may grow."
        yield change(f"{path}.open", "text.changed", said, line, **words)


def _default_counts(old: FieldSpec, new: FieldSpec) -> bool:
    """Whether a reader may meet another default: one that only opens a list, or comes and goes with it, is no other."""
    before, after = old.default, new.default
    if same(before, after):
        return False
    if before is not None and after is not None:
        return True
    return (old if before is not None else new).allowed is None


def is_open(spec: FieldSpec) -> bool:
    """Whether the field's list of values may grow without a break."""
    return spec.allowed is not None and (spec.open or spec.default is not None)


def _values(path: str, old: FieldSpec, new: FieldSpec, line: int) -> Iterator[Change]:
    before, after = _by_value(old), _by_value(new)
    grown = "enum.value-added-open" if is_open(old) else "enum.value-added"
    for value in (value for key, value in after.items() if key not in before):
        yield change(path, grown, f"The value `{value}` may appear now.", line, new=value)
    for value in (value for key, value in before.items() if key not in after):
        yield change(path, "enum.value-removed", f"The value `{value}` may no longer appear.", line, old=value)


def _by_value(spec: FieldSpec) -> dict[tuple[bool, object], object]:
    """The listed values under keys that tell true from 1; one that is no single value stands for its text."""
    values = spec.allowed or ()
    return {(isinstance(each, bool), str(each) if isinstance(each, list | dict) else each): each for each in values}


def _openness(spec: FieldSpec) -> str:
    return "closed" if not is_open(spec) else "open" if spec.default is None else f"default {spec.default}"
