"""The folder and the servers of a running portal: what is found in all of them, and what time does to their logs."""

import re
from collections.abc import Iterable
from pathlib import Path

import psycopg

from portal.embedded.plan import Plan
from tests.conformance.kinds.encrypted_backup import SECRET
from tests.privacy_app.every_byte.searching import Hit, Search

WAL = "postgres/data/pg_wal/"
SERVER_LOG = "postgres/server.log"
NAMED = {WAL: "write-ahead log", SERVER_LOG: "server log"}
SEGMENT = re.compile("[ ._]")
MAIL = "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relname LIKE 'demo_mail%'"


def hits(
    search: Search, var: Path, plan: Plan, *, databases: Iterable[str] = ("postgres", "custody"), secret: str = SECRET
) -> set[Hit]:
    """Everything found: in files, inside of what is compressed, and in what the servers hold in memory."""
    with psycopg.connect(plan.database_url_of("postgres"), autocommit=True) as session:
        session.execute("CHECKPOINT")
    found = search.folder(var) | search.backups(var, secret)
    for name in databases:
        found |= search.database(plan.database_url_of(name))
    for url in (f"{plan.redis_url}/0", plan.estate_redis_url):
        found |= search.valkey(url)
    return found


def places(found: set[Hit]) -> set[str]:
    """Hits by the place that a proof would call them."""
    return {next((place for start, place in NAMED.items() if each.path.startswith(start)), str(each)) for each in found}


def mailbox_apart(found: set[Hit], plan: Plan) -> set[Hit]:
    """Without the subject's own letters, which the demo's mailbox keeps in a table as a mail server would."""
    with psycopg.connect(plan.database_url_of("custody")) as session:
        paths = [path for (path,) in session.execute(MAIL) if path]
    own = {f"{start}{path}" for path in paths for start in ("", "postgres/data/")}
    return {each for each in found if SEGMENT.split(each.path)[0] not in own}


def rotate(var: Path, plan: Plan) -> None:
    """What ninety-two days of traffic do to the write-ahead log: old segments are written over."""
    with psycopg.connect(plan.database_url_of("postgres"), autocommit=True) as session:
        session.execute("ALTER SYSTEM SET wal_recycle = off")
        session.execute("SELECT pg_reload_conf()")
        for _ in range(2 + len(list((var / WAL).iterdir()))):
            session.execute("SELECT pg_logical_emit_message(true, 'traffic', 'x')")
            session.execute("SELECT pg_switch_wal()")
            session.execute("CHECKPOINT")
