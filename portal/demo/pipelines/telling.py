"""How the pipelines name their data, say which version of it they saw, and reach the portal."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.client.lineage import Dataset, Emitter
from portal.client.lineage.code import code_of
from portal.demo.estate.names import (
    ACTIVITY,
    CARDS,
    CLICKS,
    CLICKSTREAM,
    CUSTOMERS,
    EVENTS,
    JOBS,
    NIGHTLY,
    PROFILE,
    SEMANTIC,
    Named,
)

UNKNOWN_COMMIT = "3f9c2d1a7be04f60a1b6f1f5c1d2e3a4b5c6d7e8"  # where the portal runs from no repository
IMAGE = "estate/pipelines:2026.11"
PERSONAL = {
    CUSTOMERS: {"customer_id": "identifier", "email": "email", "name": "name", "device_id": "device"},
    EVENTS: {"customer_id": "identifier"},
    CLICKSTREAM: {"customer_id": "identifier", "device_id": "device"},
    PROFILE: {"customer_id": "identifier"},
    SEMANTIC: {"customer_id": "identifier"},
    CLICKS: {"customer_id": "identifier"},
    ACTIVITY: {"customer_id": "identifier", "email": "email"},
    CARDS: {"customer_id": "identifier", "email": "email", "name": "name"},
    NIGHTLY: {"customer_id": "identifier", "email": "email", "name": "name", "device_id": "device"},
}


def commit() -> str:
    """The commit that the pipelines run from: the portal's own."""
    return code_of(Path(__file__).parent).commit or UNKNOWN_COMMIT


def emitter() -> Emitter:
    """An emitter with the token that the demo wrote down for its pipelines.

    What cannot be told at once waits in a folder: the web server restarts now and then, the data move on.
    """
    kept = json.loads((Path(settings.VAR_DIR) / "demo.json").read_text())
    token, spool = kept["tokens"]["lineage:write"], Path(settings.VAR_DIR) / "estate" / "spool"
    return Emitter(kept["base_url"], token, JOBS, commit(), IMAGE, away="spool", spool=spool)


def dataset(named: Named, **more: Any) -> Dataset:
    """The OpenLineage dataset of one thing of the estate, its personal columns tagged."""
    tags = {column: {"pii": kind} for column, kind in PERSONAL.get(named, {}).items()}
    return Dataset(named.namespace, named.name, dict(named.columns), column_tags=tags, **more)


def digest_of(files: Iterable[Path]) -> str:
    """The version of a set of files: twelve characters of a digest of their names and bytes."""
    whole = hashlib.sha256()
    for file in sorted(files):
        whole.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()[:12]
