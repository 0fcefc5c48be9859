"""How the pipelines name their data and reach the portal."""

import json
from pathlib import Path

from django.conf import settings

from portal.client.lineage import Dataset, Emitter
from portal.demo.estate.names import JOBS, Named

COMMIT = "3f9c2d1a7be04f60a1b6f1f5c1d2e3a4b5c6d7e8"
IMAGE = "estate/pipelines:2026.11"


def emitter() -> Emitter:
    """An emitter with the token that the demo wrote down for its pipelines."""
    kept = json.loads((Path(settings.VAR_DIR) / "demo.json").read_text())
    return Emitter(kept["base_url"], kept["tokens"]["lineage:write"], JOBS, COMMIT, IMAGE)


def dataset(
    named: Named, rows: int | None = None, sources: dict[str, list[tuple[Named, str]]] | None = None
) -> Dataset:
    """The OpenLineage dataset of one thing of the estate; `sources` says which columns each column comes from."""
    lineage = {
        column: [(source.namespace, source.name, field) for source, field in fields]
        for column, fields in (sources or {}).items()
    }
    return Dataset(named.namespace, named.name, dict(named.columns), rows, lineage)
