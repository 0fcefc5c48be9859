"""Rewriting the portal's own tables after a purge, so that the old versions of emptied rows leave the files too.

PostgreSQL keeps the row that an UPDATE replaced until a vacuum, and a plain vacuum leaves its bytes in the page. VACUUM
FULL writes a new file of the living rows. The tables are small, and it runs after a purge only.
"""

import logging

from django.db import OperationalError, connection, transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from privacy_app import evidence_kinds as kinds
from privacy_app.models import Purge
from privacy_app.services import purging

OTHERS = ("notify_message", "pg_catalog.pg_statistic")
"""The outbox that held the letters, and the planner's samples of texts that are gone."""
PATIENCE = "5s"
_log = logging.getLogger(__name__)


class NotRewritten(RuntimeError):
    """The database left a table as it was; the sentence says which, and what the role needs."""


def tables() -> list[str]:
    """The tables that held a request's own data."""
    return [*(model._meta.db_table for model, _ in purging.places()), *OTHERS]


def rewrite() -> int:
    """Rewrite the tables if a purge ended since the last time; returns how many purged requests are clean now.

    0 as well where a table was in use for longer than five seconds: the next tick tries again.
    Raises NotRewritten where the database's role may not, and RuntimeError inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("Tables cannot be rewritten inside a transaction.")
    waiting = list(Purge.objects.filter(rewritten_at=None).exclude(entry=None).values_list("pk", flat=True))
    if not waiting:
        return 0
    try:
        for table in tables():
            _rewrite(table)
    except OperationalError as error:
        _log.warning("the tables of purged requests are in use, trying again later: %s", type(error).__name__)
        return 0
    return _note(waiting)


def _rewrite(table: str) -> None:
    before = _file_of(table)
    analyze = "" if table.startswith("pg_catalog.") else ", ANALYZE"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [PATIENCE])
        try:
            cursor.execute(f"VACUUM (FULL{analyze}) {table}")
        finally:
            cursor.execute("RESET lock_timeout")
    if _file_of(table) == before:
        raise NotRewritten(f"{table} was not rewritten: the portal's role has to own it, or hold MAINTAIN on it.")


def _file_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filenode(%s::regclass)", [table])
        return int(cursor.fetchone()[0])


@transaction.atomic
def _note(waiting: list[int]) -> int:
    count = Purge.objects.filter(pk__in=waiting).update(rewritten_at=now())
    payload = {"tables": len(tables()), "requests": count}
    record(kinds.REWRITTEN, actor=system_actor(purging.ACTOR), payload=payload)
    return count
