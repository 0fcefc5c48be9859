"""Which run started this one: the traced function around it, or the program around this process.

Source: ParentRunFacet 1-2-0, and OPENLINEAGE_PARENT_ID and OPENLINEAGE_ROOT_PARENT_ID (`namespace/job/run id`), by
which Airflow, dbt-ol and Spark hand a run on to the processes that they start.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.client.lineage.facets import run_facet

PARENT, ROOT = "OPENLINEAGE_PARENT_ID", "OPENLINEAGE_ROOT_PARENT_ID"


@dataclass(frozen=True)
class Identity:
    """One run of one job."""

    namespace: str
    job: str
    run_id: str

    def __str__(self) -> str:
        """As it stands in the environment of a child process."""
        return f"{self.namespace}/{self.job}/{self.run_id}"

    def as_entry(self) -> dict[str, Any]:
        return {"run": {"runId": self.run_id}, "job": {"namespace": self.namespace, "name": self.job}}


@dataclass(frozen=True)
class Lineage:
    """The run above, and the one at the very top."""

    parent: Identity
    root: Identity

    def as_facet(self) -> dict[str, Any]:
        return run_facet("parent", **self.parent.as_entry(), root=self.root.as_entry())


def read(text: str) -> Identity | None:
    """The run that `namespace/job/run id` names, None where it names none; a namespace may hold slashes itself.

    >>> read("postgres://shop/load/0199a3c2-7d5e-7000-8000-000000000001").namespace
    'postgres://shop'
    """
    parts = text.rsplit("/", 2)
    if len(parts) < 3 or not all(parts):
        return None
    try:
        return Identity(parts[0], parts[1], str(uuid.UUID(parts[2])))
    except ValueError:
        return None


def of_this_process(environment: Mapping[str, str] = os.environ) -> Lineage | None:
    """What the environment says; None where it says nothing that can be read."""
    parent = read(environment.get(PARENT, ""))
    if parent is None:
        return None
    return Lineage(parent, read(environment.get(ROOT, "")) or parent)
