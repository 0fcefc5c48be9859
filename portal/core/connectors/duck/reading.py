"""Readers over an in-memory DuckDB that can open the files it was given, or the rows, and nothing else."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from portal.core.connectors.base import ConnectorError, Reader
from portal.core.connectors.errors import scrubbed

MEMORY_LIMIT = "512MB"


@dataclass(frozen=True)
class Source:
    """One dataset as a view: `query` reads `files` and `rows`, tables in memory that it may name."""

    object_name: str
    query: str
    files: Sequence[Path] = ()
    rows: Mapping[str, pa.Table] = field(default_factory=dict)


class DuckReader(Reader):
    """Views over datasets as they were when they were opened."""

    dialect = "duckdb"

    def __init__(
        self,
        session: duckdb.DuckDBPyConnection,
        names: Sequence[str],
        timeout_s: float,
        reaches: timedelta | None = None,
    ) -> None:
        """Bind to a locked-down session; the first of `names` is the dataset, the others lie beside it."""
        self._session, self._timeout_s, self.reaches = session, timeout_s, reaches
        relations = [relation(number) for number in range(len(names))]
        self.relation, self.beside = relations[0], dict(zip(names, relations, strict=True))

    def row(self, sql: str) -> dict[str, Any]:
        """See Reader. Only one SELECT is taken: COPY could write to a file that may be read."""
        with _translated():
            statements = self._session.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise ConnectorError("A measurement is exactly one SELECT.")
        with _translated(), _limited(self._session, self._timeout_s):
            rows = self._session.execute(statements[0]).fetchmany(2)
            names = [column[0] for column in self._session.description or ()]
        if len(rows) != 1:
            raise ConnectorError(f"The query gave {len(rows) or 'no'} rows where exactly one is wanted.")
        return dict(zip(names, rows[0], strict=True))

    def columns(self, object_name: str = "") -> dict[str, str]:
        """See Reader. Types as DuckDB names them."""
        named = self.beside[object_name] if object_name else self.relation
        with _translated():
            return {name: kind for name, kind, *_ in self._session.execute(f"DESCRIBE {named}").fetchall()}


@contextmanager
def reader(
    sources: Sequence[Source],
    *,
    timeout_s: float,
    memory_limit: str = MEMORY_LIMIT,
    clock: datetime | None = None,
    reaches: timedelta | None = None,
) -> Iterator[Reader]:
    """Open the first source, the others beside it; `clock` is the time that `now()` answers where a server has one."""
    with duckdb.connect(":memory:") as session:
        with _translated():
            _prepare(session, memory_limit, clock)
            for number, source in enumerate(sources):
                for name, table in source.rows.items():
                    session.register(name, table)
                session.execute(f"CREATE VIEW {relation(number)} AS {source.query}")
            _lock(session, [path for source in sources for path in source.files])
        yield DuckReader(session, [source.object_name for source in sources], timeout_s, reaches)


def relation(number: int) -> str:
    """The name of a session's dataset: the first is the one that is measured."""
    return f'"dataset_{number}"' if number else '"dataset"'


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _prepare(session: duckdb.DuckDBPyConnection, memory_limit: str, clock: datetime | None) -> None:
    session.execute(f"SET memory_limit = {literal(memory_limit)}")
    session.execute("SET threads = 2")
    session.execute("SET TimeZone = 'UTC'")
    # A file's statistics leave NaN out, so DuckDB would take `x <= 10` for proven where a NaN is above every number.
    session.execute("SET disabled_optimizers = 'statistics_propagation'")
    session.execute("SET autoinstall_known_extensions = false")
    session.execute("SET python_enable_replacements = false")
    if clock is not None:
        session.execute(f"CREATE MACRO now() AS CAST({literal(clock.isoformat())} AS TIMESTAMPTZ)")


def _lock(session: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Allow exactly the datasets' files, shut external access, lock the configuration."""
    if files:
        session.execute(f"SET allowed_paths = [{', '.join(literal(str(path)) for path in files)}]")
    session.execute("SET enable_external_access = false")
    session.execute("SET lock_configuration = true")


@contextmanager
def _limited(session: duckdb.DuckDBPyConnection, timeout_s: float) -> Iterator[None]:
    """Interrupt the session's statement when the time is up."""
    timer = threading.Timer(timeout_s, session.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _translated() -> Iterator[None]:
    """Our sentences for DuckDB's errors; its own text may quote values."""
    try:
        yield
    except duckdb.InterruptException:
        raise ConnectorError("The query ran longer than its time limit.", code="timeout", retryable=True) from None
    except duckdb.OutOfMemoryException:
        raise ConnectorError("The query needs more memory than a probe may use.", code="memory") from None
    except duckdb.PermissionException:
        raise ConnectorError("The query reached for something outside its dataset.", code="permission") from None
    except duckdb.ConversionException as error:
        said = "A value does not fit the type that is asked of it; check the types of the dataset's columns."
        raise ConnectorError(said, code="conversion", detail=scrubbed(str(error))) from None
    except duckdb.Error as error:
        code = type(error).__name__
        said = "DuckDB could not run the query on this dataset."
        raise ConnectorError(said, code=code, detail=scrubbed(str(error))) from None
