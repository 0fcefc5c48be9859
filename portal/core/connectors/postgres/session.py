"""Sessions with PostgreSQL: opened from a system's settings, quiet in its log, errors in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from portal.core.connectors import sessions
from portal.core.connectors.base import ConnectorError, SystemConfig
from portal.core.connectors.errors import scrubbed

Session = psycopg.Connection[TupleRow]

# First two characters of SQLSTATE -> what it means for the reader (PostgreSQL manual, appendix A).
WORDS = {
    "08": "PostgreSQL cannot be reached, or refused the sign-in.",
    "22": "PostgreSQL refused a value as malformed for its column.",
    "23": "A constraint of the database forbids the change; rows elsewhere may still refer to these.",
    "25": "The statement tried to write in a read-only session.",
    "28": "PostgreSQL refused the system's user or password.",
    "3D": "The database does not exist; check `dbname` in the system's settings.",
    "40": "PostgreSQL asked to try again because of a concurrent change.",
    "42": "The statement does not fit the tables: a name is missing, its form is wrong, or the role has no right.",
    "53": "PostgreSQL is out of memory, disk or connections.",
    "55": "The object is locked or in use by somebody else.",
    "57": "PostgreSQL stopped the statement: it ran too long or the server is going down.",
}
RETRYABLE = {"08", "40", "53", "55", "57"}

# What would otherwise write a bound identifier into the server log; set where the role may.
QUIET = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "track_activities": "off",
}


def said(error: psycopg.Error) -> ConnectorError:
    """Our sentence for a driver's error: the SQLSTATE is kept, the text is not (it may quote values)."""
    code = error.sqlstate or type(error).__name__
    group = error.sqlstate[:2] if error.sqlstate else "08"
    words = WORDS.get(group, "PostgreSQL could not do what was asked.")
    detail = scrubbed(error.diag.message_primary or "") if group in ("22", "42") else ""
    return ConnectorError(words, code=code, retryable=group in RETRYABLE, detail=detail)


@contextmanager
def translated() -> Iterator[None]:
    """Turn driver errors into ConnectorError; the cause is dropped because tracebacks print it."""
    try:
        yield
    except psycopg.Error as error:
        raise said(error) from None


@contextmanager
def connected(config: SystemConfig, *, autocommit: bool = False) -> Iterator[Session]:
    """A session on the system, quiet in the server's log, committed at the end; kept where sessions are `shared`.

    Raises ConnectorError, also for what happens inside.
    """
    given = connection_settings(config)

    def sign_in() -> Session:
        opened = psycopg.connect(**given, autocommit=True)
        try:
            hush(opened)
        except psycopg.Error:
            opened.close()
            raise
        return opened

    with translated(), sessions.session(("postgres", *sorted(given.items())), sign_in) as session:
        session.autocommit = autocommit
        yield session
        session.commit()
        session.autocommit = True


def hush(session: Session) -> None:
    """Keep identifiers out of the log of the server and its activity view, as far as the role may."""
    session.execute(
        "SELECT set_config(name, wanted, false)"
        " FROM unnest(%s::text[], %s::text[]) AS q(name, wanted) JOIN pg_settings USING (name)"
        " WHERE has_parameter_privilege(name, 'SET') OR context = 'user'",
        (list(QUIET), list(QUIET.values())),
    )


def connection_settings(config: SystemConfig) -> dict[str, Any]:
    """Connection parameters: a secret with "://" or "=" is a whole DSN, any other is the password."""
    secret = config.secret or ""
    named = ("host", "port", "dbname", "user", "sslmode", "sslrootcert")
    given: dict[str, Any] = {key: config.settings[key] for key in named if config.settings.get(key)}
    given |= {"connect_timeout": 5, "application_name": "custody"}
    if "://" in secret or "dbname=" in secret or "host=" in secret:
        return {"conninfo": secret, **given}
    return given | ({"password": secret} if secret else {})


def quoted(object_name: str) -> sql.Identifier:
    """`schema.table` or `table` as an identifier that cannot be anything else.

    >>> quoted('public.o"; DROP TABLE x').as_string()
    '"public"."o""; DROP TABLE x"'
    """
    parts = object_name.split(".")
    if not all(parts) or len(parts) > 2:
        raise ConnectorError("A PostgreSQL dataset is named `table` or `schema.table`; correct its placement.")
    return sql.Identifier(*parts)


def scalar(session: Session, statement: LiteralString | sql.Composed, values: tuple[Any, ...] = ()) -> Any:
    """The first column of the first row, None when there is no row."""
    row = session.execute(statement, values).fetchone()
    return row[0] if row else None
