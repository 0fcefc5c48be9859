"""Measuring in PostgreSQL: one read-only transaction with a time limit and a limit on what a plan may cost."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from psycopg.rows import dict_row

from portal.core.connectors.base import ConnectorError, Reader, SystemConfig
from portal.core.connectors.postgres.rights import step_down
from portal.core.connectors.postgres.session import Session, connected, quoted, scalar, translated

# Enough to sort a million keys in memory; a probe is one session, and sorts twice at most.
WORK_MEM = "32MB"
COST_PER_SECOND = (
    1_000_000  # planner's units; ten times what a fast server gets through, so only a hopeless plan is over
)


class PostgresReader(Reader):
    """Tables or views, read inside one repeatable-read transaction that can only read."""

    dialect = "postgres"

    def __init__(self, session: Session, names: Sequence[str], max_cost: float) -> None:
        """Bind to an open read-only session; the first of `names` is the dataset, the others lie beside it."""
        self.beside = {name: quoted(name).as_string(session) for name in names}
        self.relation = self.beside[names[0]]
        self._session, self._max_cost = session, max_cost

    def row(self, sql: str) -> dict[str, Any]:
        """See Reader. The statement is prepared, so it can only be a single one, and explained, so no utility runs."""
        with translated():
            self._check_cost(sql)
            cursor = self._session.cursor(row_factory=dict_row)
            rows = cursor.execute(cast(Any, sql), prepare=True).fetchmany(2)
        if len(rows) != 1:
            raise ConnectorError(f"The query gave {'several' if rows else 'no'} rows where exactly one is wanted.")
        return rows[0]

    def columns(self, object_name: str = "") -> dict[str, str]:
        """See Reader. Types as `format_type` spells them."""
        with translated():
            return dict(
                self._session.execute(
                    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                    " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                    (self.beside[object_name] if object_name else self.relation,),
                ).fetchall()
            )

    def _check_cost(self, statement: str) -> None:
        """Refuse a plan dearer than the limit before it runs (`NOT EXISTS` in a FILTER once ran nine minutes)."""
        explained = self._session.execute(cast(Any, f"EXPLAIN (FORMAT JSON) {statement}"), prepare=True).fetchone()
        assert explained is not None
        cost = explained[0][0]["Plan"]["Total Cost"]
        if cost > self._max_cost:
            raise ConnectorError(
                f"PostgreSQL expects the query to cost {cost:,.0f}, and a probe may cost {self._max_cost:,.0f} here. "
                "Say a window or add an index, or raise `max_cost` in the system's settings.",
                code="cost",
            )


@contextmanager
def reader(config: SystemConfig, names: Sequence[str], *, timeout_s: float) -> Iterator[Reader]:
    """Open tables for measuring; see Measurable.reader."""
    with connected(config) as session:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        limits = (f"{max(1, int(timeout_s * 1000))}ms", WORK_MEM)
        session.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', '5s', true),"
            " set_config('TimeZone', 'UTC', true), set_config('work_mem', %s, true)",
            limits,
        )
        step_down(session, config)
        for name in names:
            if scalar(session, "SELECT to_regclass(%s)", (quoted(name).as_string(session),)) is None:
                said = f"There is no table {name} in {config.name}; correct its placement."
                raise ConnectorError(said, missing=True)
        yield PostgresReader(session, names, _max_cost(config, timeout_s))


def _max_cost(config: SystemConfig, timeout_s: float) -> float:
    """The system's own limit, else what could never be done within the statement's time."""
    return float(config.settings.get("max_cost") or max(timeout_s, 1) * COST_PER_SECOND)
