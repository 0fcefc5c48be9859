"""PostgreSQL tables."""

from portal.core.connectors.postgres.connector import OnPostgres
from portal.core.connectors.registry import connector


@connector("postgresql")
class PostgreSQL(OnPostgres):
    """See OnPostgres."""

    label = "PostgreSQL"
