"""PostgreSQL tables."""

from contextlib import AbstractContextManager

from portal.core.connectors.base import Measurable, Reader, Setting, SystemConfig
from portal.core.connectors.postgres import reading
from portal.core.connectors.postgres.session import connected
from portal.core.connectors.registry import connector


@connector("postgresql")
class PostgreSQL(Measurable):
    """Tables named `schema.table`; the secret is a password or a whole DSN."""

    label = "PostgreSQL"
    settings = (
        Setting("host", "Name or address of the server, or the folder of its socket."),
        Setting("port", "Port of the server; 5432 when empty."),
        Setting("dbname", "Database that holds the tables.", required=True),
        Setting("user", "Role to sign in as."),
        Setting("probe_role", "Role to step down to for measuring; it owns nothing and may only read."),
        Setting("max_cost", "Dearest plan that a probe may run, in the planner's units."),
    )

    def ping(self, config: SystemConfig) -> None:
        """See Connector."""
        with connected(config) as session:
            session.execute("SELECT 1")

    def reader(
        self, config: SystemConfig, object_name: str, *, timeout_s: float = 30
    ) -> AbstractContextManager[Reader]:
        """See Measurable."""
        return reading.reader(config, object_name, timeout_s=timeout_s)
