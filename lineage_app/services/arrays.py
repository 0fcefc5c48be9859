"""Statements over whole columns: one round trip however many rows, each column one array parameter.

Parameters go in binary (`%b`): psycopg escapes an array's text form in Python, which costs more than the database's
part of the work.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor

Row = tuple[Any, ...]


def execute(statement: str, *parameters: object) -> list[Row]:
    """Run a statement of ours, prepared, and return its rows, [] where it returns none."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement.encode(), parameters, prepare=True)
        return cursor.fetchall() if cursor.description else []


def execute_rows(statement: str, rows: Iterable[Sequence[object]]) -> list[Row]:
    """Run a statement whose placeholders take the columns of `rows`, one array each; no rows, no statement."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return execute(statement, *columns) if columns else []
