"""What PostgreSQL's own catalog says of a table: NOT NULL, keys, enum labels, comments, checks.

One SELECT through the connector's reader, as the role that probes. Columns that this role may not read are left out
and only counted, because a name may tell more than its owner wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts_app.formats.columns import Column
from portal.core.connectors.base import Reader

_QUERY = """
SELECT (SELECT json_agg(json_build_object(
          'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'required', a.attnotnull,
          'description', coalesce(col_description(a.attrelid, a.attnum), ''),
          'unique', EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indnkeyatts = 1
                            AND i.indkey[0] = a.attnum AND i.indpred IS NULL AND i.indexprs IS NULL),
          'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e
                     WHERE e.enumtypid = a.atttypid)
        ) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege(t.oid, a.attnum, 'SELECT')) AS columns,
       (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND NOT has_column_privilege(t.oid, a.attnum, 'SELECT')) AS hidden,
       (SELECT json_agg(pg_get_constraintdef(c.oid) ORDER BY c.conname) FROM pg_constraint c
        WHERE c.conrelid = t.oid AND c.contype = 'c') AS checks,
       (SELECT json_agg(pg_get_constraintdef(c.oid) ORDER BY c.conname) FROM pg_constraint c
        WHERE c.conrelid = t.oid
        AND (c.contype = 'f' OR (c.contype IN ('p', 'u') AND cardinality(c.conkey) > 1))) AS keys,
       obj_description(t.oid, 'pg_class') AS description
FROM pg_class t WHERE t.oid = {relation}::regclass
"""


@dataclass(frozen=True, slots=True)
class Described:
    """A table: its columns, how many are hidden from the probe, its comment, and what no field can carry."""

    columns: tuple[Column, ...]
    hidden: int
    description: str
    checks: tuple[str, ...]
    keys: tuple[str, ...]


def describe(reader: Reader) -> Described:
    """Ask the catalog; raises ConnectorError."""
    relation = "'" + reader.relation.replace("'", "''") + "'"
    row = reader.row(_QUERY.format(relation=relation))
    columns = tuple(_column(each) for each in row["columns"] or [])
    texts = (tuple(row[key] or ()) for key in ("checks", "keys"))
    return Described(columns, row["hidden"], row["description"] or "", *texts)


def _column(said: dict[str, Any]) -> Column:
    labels = tuple(said["labels"] or ())
    return Column(said["name"], said["type"], said["required"], said["unique"], labels, said["description"])
