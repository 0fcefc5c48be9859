"""SQL that makes the table of the contract, with its rules as constraints."""

from __future__ import annotations

from collections.abc import Mapping

from contracts_app.domain.formats.notes import FormatError
from contracts_app.domain.rules.scan import RuleError
from contracts_app.formats.registry import Exportable, Option, export_format
from contracts_app.formats.sound import document_of

DIALECTS = ("postgres", "duckdb")


@export_format(
    "sql_ddl",
    label="SQL",
    hint="CREATE TABLE for PostgreSQL or DuckDB: types, NOT NULL, UNIQUE, each rule as a named CHECK, comments.",
    media_type="application/sql",
    suffix=".sql",
    options=(Option("dialect", "Engine", DIALECTS),),
    order=30,
)
def to_ddl(version: Exportable, options: Mapping[str, str]) -> bytes:
    """The statements of the chosen engine."""
    from contracts_app.domain.formats.sql_ddl import to_sql  # sqlglot costs 130 ms

    try:
        return to_sql(document_of(version), options.get("dialect", DIALECTS[0])).encode()
    except (RuleError, ValueError) as error:
        raise FormatError(f"This contract cannot be written as SQL: {error}") from None
