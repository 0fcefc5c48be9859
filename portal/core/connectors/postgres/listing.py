"""Which identifiers a PostgreSQL table holds, whoever they belong to."""

from collections.abc import Iterator

from psycopg import sql

from portal.core.connectors.base import SystemConfig, Target
from portal.core.connectors.postgres.session import connected
from portal.core.connectors.postgres.table import Table

AT_ONCE = 2000


def values(config: SystemConfig, target: Target, kind: str) -> Iterator[str]:
    """Every distinct value of one kind, through a cursor on the server: the table is never in our memory as a whole."""
    with connected(config) as session:
        table = Table.of(session, target)
        if kind not in table.columns:
            return
        column = sql.Identifier(table.columns[kind])
        session.execute("SET TRANSACTION READ ONLY")
        statement = sql.SQL("SELECT DISTINCT {column}::text FROM {table} WHERE {column} IS NOT NULL").format(
            column=column, table=table.name
        )
        with session.cursor(name="custody_values") as cursor:
            cursor.itersize = AT_ONCE
            for (value,) in cursor.execute(statement):
                yield value
