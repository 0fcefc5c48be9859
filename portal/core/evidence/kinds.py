"""The kinds of entry: each declared once, beside the code that records it, with its fields and its sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

NAME = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")
_kinds: dict[str, "Kind"] = {}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind "app:subject:action", the fields that its payload must have, and its sentence for people."""

    name: str
    fields: tuple[str, ...]
    sentence: str

    def render(self, actor: str, role: str, payload: Mapping[str, str | int]) -> str:
        """The sentence with the payload's values put in."""
        return self.sentence.format_map({"actor": actor, "role": role, **payload})


def declare(name: str, *, fields: tuple[str, ...], sentence: str) -> Kind:
    """Register a kind; ValueError when the name is malformed or taken, or the sentence uses a field it lacks."""
    if not NAME.fullmatch(name):
        raise ValueError(f'The kind {name!r} must read "app:subject:action" in small letters.')
    used = {field for _, field, _, _ in Formatter().parse(sentence) if field}
    if unknown := used - set(fields) - {"actor", "role"}:
        raise ValueError(f"The sentence of {name} uses {sorted(unknown)}, which its fields do not have.")
    kind = Kind(name, tuple(fields), sentence)
    if _kinds.setdefault(name, kind) != kind:
        raise ValueError(f"The kind {name} is declared twice with different fields or sentences.")
    return kind


def find(name: str) -> Kind | None:
    """The declared kind, or None when the code that declared it is gone."""
    return _kinds.get(name)


def names() -> list[str]:
    """Every declared kind, sorted."""
    return sorted(_kinds)
