"""Measuring in PostgreSQL: one read-only transaction with a time limit and, where set, a cost limit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from psycopg import sql
from psycopg.rows import dict_row

from portal.core.connectors.base import ConnectorError, Reader, SystemConfig
from portal.core.connectors.postgres.session import Session, connected, quoted, scalar, translated


class PostgresReader(Reader):
    """A table or view, read inside one repeatable-read transaction that can only read."""

    dialect = "postgres"

    def __init__(self, session: Session, object_name: str, max_cost: float | None) -> None:
        """Bind to an open read-only session; `max_cost` is in the planner's own units."""
        self.relation = quoted(object_name).as_string(session)
        self._session, self._max_cost = session, max_cost

    def row(self, sql: str) -> dict[str, Any]:
        """See Reader. The statement is prepared, so it can only be a single one."""
        with translated():
            self._check_cost(sql)
            cursor = self._session.cursor(row_factory=dict_row)
            rows = cursor.execute(cast(Any, sql), prepare=True).fetchmany(2)
        if len(rows) != 1:
            raise ConnectorError(f"The query gave {'several' if rows else 'no'} rows where exactly one is wanted.")
        return rows[0]

    def columns(self) -> dict[str, str]:
        """See Reader. Types as `format_type` spells them."""
        with translated():
            return dict(
                self._session.execute(
                    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                    " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                    (self.relation,),
                ).fetchall()
            )

    def _check_cost(self, statement: str) -> None:
        """Refuse a plan dearer than the limit before it runs (`NOT EXISTS` in a FILTER once ran nine minutes)."""
        if self._max_cost is None:
            return
        explained = self._session.execute(cast(Any, f"EXPLAIN (FORMAT JSON) {statement}"), prepare=True).fetchone()
        assert explained is not None
        if explained[0][0]["Plan"]["Total Cost"] > self._max_cost:
            raise ConnectorError("The query would cost more than this system's `max_cost` allows; make it simpler.")


@contextmanager
def reader(config: SystemConfig, object_name: str, *, timeout_s: float = 30) -> Iterator[Reader]:
    """Open a table for measuring; see Measurable.reader."""
    with connected(config) as session:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        limits = (f"{max(1, int(timeout_s * 1000))}ms",)
        session.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', '5s', true)", limits
        )
        if config.settings.get("probe_role"):
            session.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(config.settings["probe_role"])))
        if scalar(session, "SELECT to_regclass(%s)", (quoted(object_name).as_string(session),)) is None:
            said = f"There is no table {object_name} in {config.name}; correct its placement."
            raise ConnectorError(said, missing=True)
        yield PostgresReader(session, object_name, config.settings.get("max_cost"))
