"""Template tags of the contracts app: `{% load contracts %}`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from contracts_app.domain.findings import Finding
from contracts_app.domain.model import FieldSpec, walk
from contracts_app.forms.parts import Part
from contracts_app.models import Version
from contracts_app.states import GATES

register = template.Library()
_PROMISE = {"loosens": "weaker", "tightens": "stronger", "both": "other", "undetermined": "cannot tell", "none": "same"}
_DATA = {"loosens": "fits", "tightens": "may fail", "both": "may fail", "undetermined": "cannot tell", "none": "same"}
_QUOTED = re.compile(r"`([^`]+)`")


@register.filter
def coded(sentence: str) -> SafeString:
    """A finding's sentence with what stands in backticks set as code; everything is escaped first."""
    return mark_safe(_QUOTED.sub(r"<code>\1</code>", escape(sentence)))  # noqa: S308 - escaped in the same expression


@register.filter
def fix_key(found: Finding) -> str:
    """What the button of a finding's fix sends."""
    return f"{found.code}@{found.line}.{found.column}"


@register.filter
def gates(found: Iterable[str]) -> list[tuple[str, str, str]]:
    """Gates in their order, each as its letter, its word and the sentence about it."""
    asked = set(found)
    return [(letter, *GATES[letter]) for letter in GATES if letter in asked]


@register.filter
def bump_kind(bump: str) -> str:
    """The kind of mark of a bump."""
    return {"major": "bad", "minor": "info"}.get(bump, "off")


@register.filter
def keyed(mapping: Mapping[str, Any], key: str) -> Any:
    """The value under a key that is only known in the template."""
    return mapping.get(key)


@register.filter
def holds(part: Part, path: tuple[str, ...]) -> bool:
    """Whether the path leads into the part of the form."""
    return bool(path) and path[: len(part.path)] == part.path


@register.filter
def walked(fields: tuple[FieldSpec, ...]) -> list[FieldSpec]:
    """Every field, nested ones with dotted names."""
    return walk(fields)


@register.filter
def rules_in_words(spec: FieldSpec) -> str:
    """Limits and choices of a field as people read them."""
    words = [
        f"at least {spec.min:g}" if spec.min is not None else "",
        f"at most {spec.max:g}" if spec.max is not None else "",
    ]
    words += [f"one of {', '.join(map(str, spec.allowed))}" if spec.allowed else "", "unique" if spec.unique else ""]
    words += ["may grow" if spec.open else "", f"default {spec.default}" if spec.default is not None else ""]
    return ", ".join(word for word in words if word)


@register.filter
def slo_words(kind: str) -> str:
    """The indicator as people say it: `vector_sync_lag` is "Vector sync lag"."""
    return kind.replace("_", " ").capitalize()


@register.filter
def gate_words(letters: Iterable[str]) -> str:
    """Gates of one change in words."""
    return ", ".join(word.lower() for _, word, _ in gates(letters))


@register.filter
def seen_as(grade: str, who: str) -> str:
    """A grade of the table in the words of that reader: the consumer, the person, the producer's data."""
    return (_DATA if who == "data" else _PROMISE).get(grade, grade)


@register.filter
def line_of_key(version: Version, key: str) -> int:
    """The line of a top-level key of the version's text; 1 where it is not written."""
    spot = version.document.spots.get(key)
    return spot.line if spot else 1


@register.filter
def plain(value: float) -> str:
    """A number without zeros that say nothing: 99.5 and 15, not 99.500 and 15.0."""
    return f"{value:.10g}"


@register.filter
def is_news(who: str, text: str) -> bool:
    """Whether a sentence about a condition does not say yet who could settle it; the clock settles by itself."""
    return bool(who) and who != "the clock" and who.split()[-1] not in text
