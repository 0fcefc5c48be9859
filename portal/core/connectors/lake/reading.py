"""Measuring Parquet folders with an in-memory DuckDB that can open these files and nothing else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from portal.core.connectors.base import ConnectorError, Reader, SystemConfig
from portal.core.connectors.errors import scrubbed
from portal.core.connectors.lake.folders import data_files, dataset_folder

MEMORY_LIMIT = "512MB"


class LakeReader(Reader):
    """A view over the dataset's files as they were when it was opened."""

    dialect = "duckdb"
    relation = '"dataset"'

    def __init__(self, session: duckdb.DuckDBPyConnection, timeout_s: float) -> None:
        """Bind to a locked-down session; `timeout_s` seconds bound each statement."""
        self._session, self._timeout_s = session, timeout_s

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

    def columns(self) -> dict[str, str]:
        """See Reader. Types as DuckDB names them."""
        with _translated():
            return {name: kind for name, kind, *_ in self._session.execute("DESCRIBE dataset").fetchall()}


@contextmanager
def reader(config: SystemConfig, object_name: str, *, timeout_s: float = 30) -> Iterator[Reader]:
    """Open a dataset folder for measuring; see Measurable.reader."""
    files = data_files(dataset_folder(config, object_name))
    if not files:
        said = f"The folder {object_name} in {config.name} holds no Parquet file to measure."
        raise ConnectorError(said, missing=True)
    with duckdb.connect(":memory:") as session:
        with _translated():
            _lock_down(session, files, config.settings.get("memory_limit", MEMORY_LIMIT))
        yield LakeReader(session, timeout_s)


def _lock_down(session: duckdb.DuckDBPyConnection, files: list[Path], memory_limit: str) -> None:
    """Make the view, allow exactly its files, then shut external access and lock the configuration."""
    names = ", ".join(_literal(str(path)) for path in files)
    session.execute(f"SET memory_limit = {_literal(memory_limit)}")
    session.execute("SET threads = 2")
    session.execute("SET TimeZone = 'UTC'")
    # A file's statistics leave NaN out, so DuckDB would take `x <= 10` for proven where a NaN is above every number.
    session.execute("SET disabled_optimizers = 'statistics_propagation'")
    session.execute("SET autoinstall_known_extensions = false")
    source = f"read_parquet([{names}], union_by_name = true, hive_partitioning = true)"
    session.execute(f"CREATE VIEW dataset AS SELECT * FROM {source}")  # noqa: S608 - names are quoted literals
    session.execute(f"SET allowed_paths = [{names}]")
    session.execute("SET enable_external_access = false")
    session.execute("SET lock_configuration = true")


def _literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


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
    except duckdb.Error as error:
        code = type(error).__name__
        said = "DuckDB could not run the query on these files."
        raise ConnectorError(said, code=code, detail=scrubbed(str(error))) from None
