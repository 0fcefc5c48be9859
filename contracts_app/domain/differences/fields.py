"""Changes of the schema: fields by name, one grade for an added or removed field (its parts inherit it)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from contracts_app.domain.changes import Change, change
from contracts_app.domain.differences import field_rules, field_values
from contracts_app.domain.differences.types import type_change
from contracts_app.domain.differences.values import line_of
from contracts_app.domain.model import Document, FieldSpec, Spot, walk

MOST_RENAMED = 20  # new fields among which an old one is looked for under another name


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of the schema: where it stands, and whether the asset is about persons."""

    path: str
    line: int
    personal: bool


def fields(old: Document, new: Document) -> Iterator[Change]:
    """Every change of the schema."""
    personal = old.holds_personal_data or new.holds_personal_data
    yield from _level(old.fields, new.fields, _Level("schema", line_of(new, "schema"), personal))


def _level(old: tuple[FieldSpec, ...], new: tuple[FieldSpec, ...], level: _Level) -> Iterator[Change]:
    before, after = {spec.name: spec for spec in old}, {spec.name: spec for spec in new}
    gone, come = (
        [spec for spec in before.values() if spec.name not in after],
        [spec for spec in after.values() if spec.name not in before],
    )
    for spec in gone:
        yield _removed(level, spec, come)
    for spec in come:
        yield _added(level, spec)
    for name in (name for name in before if name in after and before[name] != after[name]):
        yield from _field(level, before[name], after[name])


def _removed(level: _Level, spec: FieldSpec, come: list[FieldSpec]) -> Change:
    likely = come if len(come) <= MOST_RENAMED else []
    twins = [other.name for other in likely if _plain(other) == _plain(spec)]
    hint = f", or renamed to `{twins[0]}`" if twins else ""
    said = f"The field `{spec.name}` is gone{hint}."
    return change(f"{level.path}.{spec.name}", "field.removed", said, level.line, old=spec.type)


def _plain(spec: FieldSpec) -> FieldSpec:
    """The field without its name and place, to recognise one that was renamed."""
    return replace(spec, name="", spot=Spot(), description=None, deprecated=False, removal_date=None)


def _added(level: _Level, spec: FieldSpec) -> Change:
    parts = walk((spec,))
    kind = "field.added-required" if spec.required else "field.added"
    said = f"The field `{spec.name}` is new."
    if any(part.pii or (level.personal and part.is_free_text) for part in parts):
        kind, said = "field.added-personal", f"The field `{spec.name}` is new and may hold personal data."
    return change(f"{level.path}.{spec.name}", kind, said, spec.spot.line, new=spec.type)


def _field(level: _Level, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    path = f"{level.path}.{new.name}"
    yield from _type(path, old, new)
    yield from field_values.allowed(path, old, new)
    yield from field_values.openness(path, old, new)
    yield from field_rules.flags(path, old, new)
    yield from field_rules.limits(path, old, new)
    yield from field_rules.pattern(path, old, new)
    yield from _personal(path, old, new, level.personal)
    yield from _notes(path, old, new)
    yield from _level(old.fields, new.fields, _Level(path, new.spot.line, level.personal))


def _type(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    kind = type_change(old.type, new.type)
    if kind:
        said = f"The type {old.type} became {new.type}."
        yield change(f"{path}.type", kind, said, new.spot.line, old=old.type, new=new.type)


def _personal(path: str, old: FieldSpec, new: FieldSpec, personal: bool) -> Iterator[Change]:
    """What the field says about a person: its PII class, and whether it is free text where persons are concerned."""
    line = new.spot.line
    if old.pii != new.pii:
        kind = "personal.added" if not old.pii else "personal.changed" if new.pii else "personal.removed"
        said = f"The PII class of `{new.name}` was {old.pii or 'none'} and is {new.pii or 'none'} now."
        yield change(f"{path}.pii", kind, said, line, old=old.pii, new=new.pii)
    if personal and old.is_free_text != new.is_free_text:
        kind = "personal.added" if new.is_free_text else "personal.removed"
        word = "free text now, which may hold anything about a person" if new.is_free_text else "no free text any more"
        yield change(f"{path}.category", kind, f"`{new.name}` is {word}.", line, old=_text(old), new=_text(new))
    elif old.category != new.category:
        kind = "personal.changed" if new.pii or old.pii else "text.changed"
        said = f"The category of `{new.name}` changed."
        yield change(f"{path}.category", kind, said, line, old=old.category, new=new.category)


def _text(spec: FieldSpec) -> str:
    return "free text" if spec.is_free_text else spec.category or spec.type


def _notes(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    line = new.spot.line
    if old.description != new.description:
        said = "The description changed."
        yield change(f"{path}.description", "text.changed", said, line, old=old.description, new=new.description)
    if (old.deprecated, old.removal_date) == (new.deprecated, new.removal_date):
        return
    dates = {"old": _leaving(old), "new": _leaving(new)}
    yield change(f"{path}.deprecated", _deprecation(old, new), _deprecation_said(new), line, **dates)


def _deprecation(old: FieldSpec, new: FieldSpec) -> str:
    if not new.deprecated:
        return "text.changed"
    if not old.deprecated:
        return "field.deprecated"
    if old.removal_date and new.removal_date:
        return "window.shortened" if new.removal_date < old.removal_date else "window.lengthened"
    return "field.deprecated" if new.removal_date else "window.lengthened"


def _deprecation_said(new: FieldSpec) -> str:
    if not new.deprecated:
        return f"`{new.name}` is no longer deprecated."
    when = f"may be removed from {new.removal_date} on" if new.removal_date else "has no removal date"
    return f"`{new.name}` is deprecated and {when}."


def _leaving(spec: FieldSpec) -> str:
    return f"deprecated, {spec.removal_date or 'no removal date'}" if spec.deprecated else ""
