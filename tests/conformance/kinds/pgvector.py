"""Test data of the kind pgvector: embeddings under an HNSW index, the subject's planted last."""

from typing import Any

import numpy as np

from tests.conformance.kinds.postgresql import PostgresEstate

DIMENSIONS = 48


class PgVectorEstate(PostgresEstate):
    """Semantic profiles; the vectors are drawn from a seeded generator."""

    kind = "pgvector"

    def target_settings(self) -> dict[str, Any]:
        return super().target_settings() | {"vector_column": "embedding"}

    def make(self) -> None:
        self.random = np.random.default_rng(42)
        self.session.execute("CREATE EXTENSION IF NOT EXISTS vector")
        self.session.execute(
            f'CREATE TABLE "{self.table}" (id bigserial PRIMARY KEY, customer_id text, email text, score int,'
            f" device text, notes text, embedding vector({DIMENSIONS}))"
        )
        self.session.execute(f'CREATE INDEX ON "{self.table}" USING hnsw (embedding vector_cosine_ops)')

    def insertion(self, customer: str, email: str, score: int, notes: str) -> tuple[str, tuple[Any, ...]]:
        statement = (
            f'INSERT INTO "{self.table}" (customer_id, email, score, device, notes, embedding)'
            " VALUES (%s, %s, %s, %s, %s, %s)"
        )
        vector = str(self.random.standard_normal(DIMENSIONS, dtype=np.float32).tolist())
        return statement, (customer, email, score, f"tablet-{score // 10}", notes, vector)


ESTATE = PgVectorEstate
