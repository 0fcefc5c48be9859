"""How OpenLineage names things: a dataset or a job is its namespace and its name.

Source: openlineage.io/docs/spec/naming. Stays pure so that a name means the same in ingest, tests and
exports.
"""

import hashlib
import re
import uuid
from typing import NamedTuple

NAME_CHARACTERS = 4_000
DECLARING = "urn:custody:declared"
"""The producer of the portal's own events, which state the edges that people declare."""

_NUMBERED = re.compile(r"(?P<whole>.+)\.(?:sql|query)\.\d+", re.DOTALL)
_LEGACY_RUNS = uuid.UUID("6f1a7f4e-6c0e-5d0c-9a3c-2d6d0f3f1b7a")
_STATIC = uuid.UUID("0b0a5c0a-7f0d-5a54-8f3e-0a3f6f1d9d11")


class Name(NamedTuple):
    """A dataset's or a job's full name."""

    namespace: str
    name: str

    @property
    def key(self) -> str:
        """Return the 64 hex digits that identify this name in an index, however long it is."""
        return hashlib.sha256(f"{self.namespace}\0{self.name}".encode()).hexdigest()

    def __str__(self) -> str:
        """Return namespace/name, the way the catalog writes it."""
        return f"{self.namespace}/{self.name}"


def part_of(name: Name) -> Name | None:
    """Return the job whose part `name` is by its name alone: dbt and SQL operators number a job's queries.

    >>> part_of(Name("dbt", "model.shop.orders.sql.3")), part_of(Name("dbt", "model.shop.sql"))
    (Name(namespace='dbt', name='model.shop.orders'), None)
    """
    found = _NUMBERED.fullmatch(name.name)
    return Name(name.namespace, found["whole"]) if found else None


def run_key(run_id: str) -> tuple[uuid.UUID, bool]:
    """Return the run's UUID and whether it had to be made: old producers send any text as runId.

    >>> run_key("0199a3c2-7d5e-7000-8000-000000000001")[1], run_key("nightly-42")[1]
    (False, True)
    >>> run_key("nightly-42") == run_key("nightly-42")
    True
    """
    try:
        return uuid.UUID(run_id), False
    except ValueError:
        return uuid.uuid5(_LEGACY_RUNS, run_id), True


def static_key(kind: str, name: Name) -> uuid.UUID:
    """Return the key under which static events (JobEvent, DatasetEvent) of one name accumulate."""
    return uuid.uuid5(_STATIC, f"{kind}\0{name.namespace}\0{name.name}")
