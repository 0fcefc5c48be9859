"""A run's parameters, recorded only by name: values may hold secrets or personal data, so nothing is by itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

MOST_CHARACTERS = 1000
HIDDEN = "[hidden]"
_SECRET = re.compile(r"pass(word|wd|phrase)|secret|token|credential|(api|access|private)_?key", re.IGNORECASE)
_SCALARS = (str, int, float, bool, Decimal, date, time, timedelta, UUID, Enum, PurePath)


def check_names(function: Callable[..., Any], names: Iterable[str]) -> tuple[str, ...]:
    """The names to record; raises ValueError where the function has no parameter of a name."""
    known = inspect.signature(function).parameters
    open_ended = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in known.values())
    wanted = tuple(names)
    missing = [name for name in wanted if name not in known and not open_ended]
    if missing:
        raise ValueError(f"{function.__qualname__} has no parameter {missing[0]!r} to record.")
    return wanted


def recorded(
    function: Callable[..., Any], names: Iterable[str], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, str]:
    """Name and text of the parameters to record, defaults included; a call that does not fit gives none."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        return {}  # the call itself raises it, with Python's own words
    bound.apply_defaults()
    given = dict(bound.arguments)
    for name, parameter in bound.signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            given |= given.pop(name, {})
    return {name: text_of(name, given[name]) for name in names if name in given}


def text_of(name: str, value: Any) -> str:
    """What is recorded of a value: a scalar's text, of anything else its type; of what looks like a secret nothing.

    >>> text_of("day", date(2026, 11, 23)), text_of("frame", [1, 2]), text_of("db_password", "hunter2")
    ('2026-11-23', '<list>', '[hidden]')
    """
    if _SECRET.search(name):
        return HIDDEN
    if value is None:
        return ""
    if not isinstance(value, _SCALARS):
        return f"<{type(value).__name__}>"
    text = str(value.value) if isinstance(value, Enum) else str(value)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
