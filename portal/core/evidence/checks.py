"""Checks of an installation (`manage.py check --deploy`): the application may not own the ledger that it writes."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError, connection

TABLES = ("entry", "leaf", "node", "checkpoint", "timestamp", "publickey", "artifact", "expiry")
OWNED = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s)
AND pg_has_role(current_user, relowner, 'MEMBER')
ORDER BY relname
"""
HINT = 'Give them to another role, as docs/security.md says under "The role that owns the ledger".'


@register(Tags.security, deploy=True)
def ledger_has_another_owner(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """The role in DATABASE_URL is no member of the role that owns the ledger: it cannot drop the triggers."""
    del app_configs, kwargs
    if settings.EMBEDDED_DATABASE:
        return []
    try:
        owned = owned_tables()
    except DatabaseError as error:
        text = f"Whether the application owns the ledger could not be asked ({type(error).__name__})."
        return [Caution(text, hint="Run the check where DATABASE_URL can be reached.", id="evidence.W001")]
    if owned:
        text = f"The application's role owns {', '.join(owned)}: it could drop their triggers."
        return [Error(text, hint=HINT, id="evidence.E001")]
    return []


def owned_tables() -> list[str]:
    """The ledger's tables that the connected role owns, by itself or as a member."""
    with connection.cursor() as cursor:
        cursor.execute(OWNED, [[f"evidence_{name}" for name in TABLES]])
        return [name for (name,) in cursor.fetchall()]
