"""Changes of a field's own rules: required, unique, limits, pattern."""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app.domain.changes import Change, change
from contracts_app.domain.model import FieldSpec


def flags(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    """`required` and `unique`."""
    words = {"required": ("must have a value", "may be empty"), "unique": ("is unique", "may repeat")}
    for key, (with_it, without) in words.items():
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            kind, word = (f"{key}.added", with_it) if after else (f"{key}.dropped", without)
            yield change(f"{path}.{key}", kind, f"`{new.name}` {word} now.", new.spot.line, old=before, new=after)


def limits(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    """`min` and `max`; an absent limit is the widest."""
    for key, sign in (("min", 1), ("max", -1)):
        before, after = getattr(old, key), getattr(new, key)
        if before == after:
            continue
        looser = after is None or (before is not None and sign * after < sign * before)
        kind = "limit.loosened" if looser else "limit.tightened"
        said = f"`{key}` was {_limit(before)} and is {_limit(after)} now."
        yield change(f"{path}.{key}", kind, said, new.spot.line, old=before, new=after)


def pattern(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    """`pattern`; whether one regular expression admits more than another is not decided here."""
    before, after = old.pattern, new.pattern
    if before == after:
        return
    kind, said = "pattern.changed", "The pattern changed; whether it admits more cannot be proved."
    if before is None:
        kind, said = "pattern.added", "Values must match a pattern now."
    elif after is None:
        kind, said = "pattern.removed", "Values need not match a pattern any more."
    yield change(f"{path}.pattern", kind, said, new.spot.line, old=before, new=after)


def _limit(value: float | None) -> str:
    return "absent" if value is None else f"{value:.15g}"
