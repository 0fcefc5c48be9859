"""The first sieve: SQL that lets through every text that may hold an identifier, and few others."""

from typing import Any

from lineage_app.domain.redaction import ESCAPE_SQL, Pattern


def may_hold(expression: str) -> str:
    """Return the condition on a text expression; its parameters are those of `parameters`."""
    return f'(lower({expression} COLLATE "C") LIKE ANY (%s) OR {expression} ~ %s)'


def parameters(pattern: Pattern, times: int = 1) -> list[Any]:
    """Return the parameters of `times` conditions."""
    return [pattern.like(), ESCAPE_SQL] * times
