"""Changes of the schema: fields by name, one grade for an added or removed field (its parts inherit it)."""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app.domain.changes import Change, change
from contracts_app.domain.model import Document, FieldSpec

_WIDER = {
    ("integer", "float"), ("integer", "number"), ("integer", "decimal"), ("integer", "bigint"), ("float", "double"),
    ("float", "number"), ("decimal", "number"), ("date", "timestamp"), ("enum", "string"), ("enum", "text"),
    ("string", "text"), ("uuid", "string"), ("bigint", "number"), ("double", "number"), ("bigint", "float"),
}  # fmt: skip
_SAME = {"int": "integer", "bool": "boolean", "datetime": "timestamp"}


def field_changes(old: Document, new: Document) -> Iterator[Change]:
    """Every change of the schema."""
    personal = old.holds_personal_data or new.holds_personal_data
    yield from _fields(old.fields, new.fields, "schema", personal=personal)


def _fields(old: tuple[FieldSpec, ...], new: tuple[FieldSpec, ...], prefix: str, *, personal: bool) -> Iterator[Change]:
    before, after = {spec.name: spec for spec in old}, {spec.name: spec for spec in new}
    for name in [*before, *(name for name in after if name not in before)]:
        path = f"{prefix}.{name}"
        if name not in after:
            yield change(path, "field.removed", f"`{name}` is gone (or renamed).")
        elif name not in before:
            yield _added(path, after[name], personal=personal)
        else:
            yield from _field(path, before[name], after[name])
            yield from _fields(before[name].fields, after[name].fields, path, personal=personal)


def _added(path: str, spec: FieldSpec, *, personal: bool) -> Change:
    inside = [spec, *spec.fields]
    if any(part.pii or (personal and part.is_free_text) for part in inside):
        return change(path, "field.added-personal", f"`{spec.name}` is new and holds personal data.", spec.spot.line)
    return change(path, "field.added", f"`{spec.name}` is new.", spec.spot.line)


def _field(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    yield from _type(path, old, new)
    yield from _enum(path, old, new)
    yield from _flags(path, old, new)
    yield from _limits(path, old, new)
    yield from _privacy(path, old, new)
    yield from _notes(path, old, new)


def _type(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    before, after = _SAME.get(old.type, old.type), _SAME.get(new.type, new.type)
    if before == after:
        return
    kind = "type.changed"
    if (before, after) == ("string", "enum"):
        kind = "type.to-enum"
    elif (before, after) in _WIDER:
        kind = "type.widened"
    yield change(f"{path}.type", kind, f"Type {old.type} became {new.type}.", new.spot.line)


def _enum(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    if old.allowed == new.allowed or ("enum" in (old.type, new.type) and old.type != new.type):
        return  # the change of type says it
    path, line = f"{path}.allowed", new.spot.line
    if new.allowed is None:
        yield change(path, "enum.dropped", "Any value is allowed now.", line)
        return
    if old.allowed is None:
        yield change(path, "enum.value-removed", "Only listed values are allowed now.", line)
        return
    open_before = old.open or old.default is not None
    for value in (value for value in new.allowed if value not in old.allowed):
        kind = "enum.value-added-open" if open_before else "enum.value-added"
        yield change(path, kind, f"The value {value!r} may now appear.", line)
    for value in (value for value in old.allowed if value not in new.allowed):
        yield change(path, "enum.value-removed", f"The value {value!r} may no longer appear.", line)


def _flags(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    for key in ("required", "unique"):
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            kind = f"{key}.{'added' if after else 'dropped'}"
            yield change(f"{path}.{key}", kind, f"`{key}` became {str(after).lower()}.", new.spot.line)
    if old.open != new.open or old.default != new.default:
        kind = "enum.dropped" if new.open and not old.open else "unknown.changed"
        yield change(path, kind, "Whether the value set may grow, or its default, changed.", new.spot.line)


def _limits(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    for key, sign in (("min", 1), ("max", -1)):
        before, after = getattr(old, key), getattr(new, key)
        if before == after:
            continue
        looser = after is None or (before is not None and sign * after < sign * before)
        kind = "limit.loosened" if looser else "limit.tightened"
        yield change(f"{path}.{key}", kind, f"`{key}` {before} became {after}.", new.spot.line)
    if old.pattern != new.pattern:
        yield change(f"{path}.pattern", "pattern.changed", "The pattern changed.", new.spot.line)


def _privacy(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    if (old.pii, old.category) == (new.pii, new.category):
        return
    raised = (new.pii and not old.pii) or (new.is_free_text and not old.is_free_text)
    kind = "classification.raised" if raised else "classification.lowered"
    yield change(f"{path}.pii", kind, "What the field says about a person changed.", new.spot.line)


def _notes(path: str, old: FieldSpec, new: FieldSpec) -> Iterator[Change]:
    if old.description != new.description:
        yield change(f"{path}.description", "text.changed", "The description changed.", new.spot.line)
    if (old.deprecated, old.removal_date) == (new.deprecated, new.removal_date):
        return
    kind = "field.deprecated" if new.deprecated else "text.changed"
    if old.deprecated and new.deprecated and (new.removal_date or "") < (old.removal_date or ""):
        kind = "window.shortened"
    yield change(f"{path}.deprecated", kind, "Deprecation or its removal date changed.", new.spot.line)
