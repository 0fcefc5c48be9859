"""A contract as SQL that makes its table: types, NOT NULL, UNIQUE, one named CHECK a rule, comments.

Dialects: PostgreSQL and DuckDB. Names are quoted identifiers and texts are escaped literals; rules are compiled from
their tree (`rules.compile`), so no text of the author is pasted into SQL. A CHECK passes where its condition is NULL,
so every condition is asked to be true.
"""

from __future__ import annotations

from contracts_app.domain.model import Document, FieldSpec
from contracts_app.domain.rules.compile import compile_rules

DIALECTS = ("postgres", "duckdb")
_POSTGRES = {
    "string": "text", "text": "text", "enum": "text", "uuid": "uuid", "integer": "integer", "int": "integer",
    "bigint": "bigint", "float": "double precision", "double": "double precision", "decimal": "numeric",
    "number": "double precision", "boolean": "boolean", "bool": "boolean", "timestamp": "timestamp with time zone",
    "datetime": "timestamp with time zone", "date": "date", "time": "time", "object": "jsonb", "json": "jsonb",
    "array": "jsonb", "map": "jsonb", "vector": "real[]", "bytes": "bytea",
}  # fmt: skip
_DUCKDB = _POSTGRES | {
    "string": "VARCHAR", "text": "VARCHAR", "enum": "VARCHAR", "float": "DOUBLE", "double": "DOUBLE",
    "number": "DOUBLE", "decimal": "DECIMAL(38, 9)", "object": "JSON", "json": "JSON", "array": "JSON", "map": "JSON",
    "vector": "FLOAT[]", "bytes": "BLOB",
}  # fmt: skip
_LONGEST_NAME = 63  # PostgreSQL cuts longer identifiers


def to_sql(document: Document, dialect: str) -> str:
    """CREATE TABLE with its comments; raises RuleError or ValueError where a rule cannot run.

    >>> from contracts_app.domain.document import load
    >>> found = load("name: a.b\\nschema: {n: {type: integer, required: true, min: 1}}").document
    >>> print(to_sql(found, "postgres"), end="")
    -- a.b
    CREATE TABLE "a.b" (
      "n" integer NOT NULL,
      CONSTRAINT "n.min" CHECK (("n" >= 1) IS TRUE)
    );
    """
    table = _table(document)
    types = _POSTGRES if dialect == "postgres" else _DUCKDB
    lines = [_column(spec, types, dialect) for spec in document.fields]
    lines += _checks(document, dialect)
    body = ",\n".join(f"  {line}" for line in lines)
    head = f"-- {document.name} {document.version}".rstrip()
    return f"{head}\nCREATE TABLE {table} (\n{body}\n);\n" + "".join(_comments(document, table))


def _table(document: Document) -> str:
    """The asset's own name where it reads as schema and table, else the contract's name."""
    parts = document.asset.name.split(".")
    named = not document.asset.derived and len(parts) in (2, 3) and all(parts)
    return ".".join(_quoted(part) for part in parts[-2:]) if named else _quoted(document.name)


def _column(spec: FieldSpec, types: dict[str, str], dialect: str) -> str:
    kind = _struct(spec, types) if spec.fields and dialect == "duckdb" else types.get(spec.type, types["string"])
    marks = " NOT NULL" * spec.required + " UNIQUE" * spec.unique
    return f"{_quoted(spec.name)} {kind}{marks}"


def _struct(spec: FieldSpec, types: dict[str, str]) -> str:
    inner = (
        f"{_quoted(each.name)} {_struct(each, types) if each.fields else types.get(each.type, types['string'])}"
        for each in spec.fields
    )
    return f"STRUCT({', '.join(inner)})"


def _checks(document: Document, dialect: str) -> list[str]:
    """One CHECK a rule, NOT NULL apart; a second rule of the same name gets a number."""
    required = {f"{spec.name}.required" for spec in document.fields}
    used: set[str] = set()
    out = []
    for name, condition in compile_rules(document, dialect).rules:
        if name not in required:
            out.append(f"CONSTRAINT {_quoted(_free(name, used))} CHECK (({condition}) IS TRUE)")
    return out


def _free(name: str, used: set[str]) -> str:
    found, number = name[:_LONGEST_NAME], 1
    while found.lower() in used:
        number += 1
        found = f"{name[: _LONGEST_NAME - 4]} {number}"
    used.add(found.lower())
    return found


def _comments(document: Document, table: str) -> list[str]:
    """Descriptions and PII classes, where tools that read the database find them."""
    out = [f"COMMENT ON TABLE {table} IS {_literal(document.description)};\n"] if document.description else []
    for spec in document.fields:
        said = ". ".join(part for part in (spec.description, spec.pii and f"PII: {spec.pii}") if part)
        if said:
            out.append(f"COMMENT ON COLUMN {table}.{_quoted(spec.name)} IS {_literal(said)};\n")
    return out


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
