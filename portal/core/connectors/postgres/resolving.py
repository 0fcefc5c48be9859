"""Identity maps in PostgreSQL tables: which identifiers stand in the same row."""

from psycopg import sql

from portal.core.connectors import spelling
from portal.core.connectors.base import Edge, Identifier, SystemConfig, Target
from portal.core.connectors.identity_maps import IdentityMap, edges_of, maps_from
from portal.core.connectors.postgres.session import Session
from portal.core.connectors.postgres.table import Table

MOST_ROWS = 1000  # an identifier in more rows than this does not identify a person


def edges(session: Session, config: SystemConfig, identifier: Identifier) -> list[Edge]:
    """One step along every declared map that knows this kind of identifier."""
    found: list[Edge] = []
    for each in maps_from(config, identifier.kind):
        found += edges_of(each, config.name, identifier, _rows(session, each, identifier))
    return found


def _rows(session: Session, declared: IdentityMap, identifier: Identifier) -> list[dict[str, str]]:
    """The rows of a map that hold the identifier, as kind -> value, NULLs left out."""
    table = Table.of(session, Target(declared.object_name, {"identifiers": declared.columns}))
    wanted = [spelling.folded(identifier.kind, identifier.value)]
    predicate, values = table.of_kind(identifier.kind, declared.columns[identifier.kind], wanted)
    kinds = list(declared.columns)
    columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(declared.columns[kind])) for kind in kinds)
    statement = sql.SQL("SELECT DISTINCT {} FROM {} WHERE {} LIMIT {}").format(
        columns, table.name, predicate, sql.Literal(MOST_ROWS)
    )
    rows = session.execute(statement, [values]).fetchall()
    return [{kind: value for kind, value in zip(kinds, row, strict=True) if value is not None} for row in rows]
