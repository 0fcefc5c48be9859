"""Vector indexes kept in PostgreSQL by the extension pgvector."""

from portal.core.connectors.postgres.connector import OnPostgres
from portal.core.connectors.registry import connector


@connector("pgvector")
class PgVector(OnPostgres):
    """As PostgreSQL; the embedding's float32 bytes are searched for too.

    An HNSW page keeps the vector after a plain VACUUM; INDEX_CLEANUP ON blanks it, and an index in which a scan still
    finds it is rebuilt concurrently.
    """

    label = "pgvector"
