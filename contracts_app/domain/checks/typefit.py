"""Does a column hold what the contract's type promises: type families, and widths where they bind.

The direction is the reader's: every value that the column can hold must be one that the promised type can be read as,
as in Avro's promotions (an integer column keeps the promise `float`; a text column does not keep `integer`).
"""

from __future__ import annotations

from contracts_app.domain.checks.outcome import Outcome
from contracts_app.domain.checks.physical import Physical

_WHOLE = {"integer": 64, "int": 64, "bigint": 64}  # bits that a reader has for it
_HOLDS: dict[str, frozenset[str]] = {
    "string": frozenset({"text", "enum", "uuid"}), "text": frozenset({"text", "enum", "uuid"}),
    "enum": frozenset({"text", "enum"}), "uuid": frozenset({"uuid", "text"}),
    "integer": frozenset({"integer", "decimal"}), "int": frozenset({"integer", "decimal"}),
    "bigint": frozenset({"integer", "decimal"}), "float": frozenset({"float", "integer", "decimal"}),
    "double": frozenset({"float", "integer", "decimal"}), "decimal": frozenset({"decimal", "integer"}),
    "number": frozenset({"float", "integer", "decimal"}), "boolean": frozenset({"boolean"}),
    "bool": frozenset({"boolean"}), "timestamp": frozenset({"timestamp"}), "datetime": frozenset({"timestamp"}),
    "date": frozenset({"date"}), "time": frozenset({"time"}), "object": frozenset({"struct", "json", "map"}),
    "json": frozenset({"json", "struct", "map"}), "array": frozenset({"array", "vector", "json"}),
    "map": frozenset({"map", "struct", "json"}), "vector": frozenset({"vector", "array"}),
    "bytes": frozenset({"bytes"}),
}  # fmt: skip


def fit(promised: str, column: Physical) -> tuple[Outcome, str]:
    """How the column keeps the promised type, with a sentence.

    >>> from contracts_app.domain.checks.physical import physical
    >>> fit("integer", physical("postgres", "text"))
    (<Outcome.FAILED: 'failed'>, 'Promised integer; the column is text.')
    """
    if promised not in _HOLDS:
        return Outcome.NOT_SUPPORTED, f"The promised type {promised} is not one that can be compared."
    if column.family == "unknown":
        return Outcome.NOT_SUPPORTED, f"The column is {column.spelled}, a type of its own that cannot be compared."
    if column.family not in _HOLDS[promised]:
        return Outcome.FAILED, f"Promised {promised}; the column is {column.spelled}."
    return _closely(promised, column)


def _closely(promised: str, column: Physical) -> tuple[Outcome, str]:
    """The family fits; what of it may still not."""
    if promised in _WHOLE and column.family == "decimal" and column.scale != 0:
        return Outcome.FAILED, f"Promised {promised}; the column is {column.spelled}, which may hold fractions."
    if promised in _WHOLE and (column.bits or 65) > _WHOLE[promised]:
        said = f"Promised {promised}, which is read into 64 bits; {column.spelled} may hold more."
        return Outcome.WARNING, said
    if promised == "uuid" and column.family == "text":
        return Outcome.WARNING, f"Promised uuid; the column is {column.spelled}, which keeps no other text out."
    if promised in ("timestamp", "datetime") and not column.zoned:
        return Outcome.OK, f"The column is {column.spelled}; times without a zone are read as UTC."
    return Outcome.OK, f"The column is {column.spelled}."
