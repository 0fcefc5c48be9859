"""The numbers of names: which row a job or dataset has, and which dataset stands for it in the graph."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lineage_app.domain.names import Name
from lineage_app.services.arrays import execute
from lineage_app.services.naming import save_datasets, save_jobs

_JOBS = "SELECT namespace, name, id FROM lineage_app_job WHERE key = ANY(%b::text[])"
_DATASETS = """
SELECT namespace, name, id, coalesce(root_id, id) FROM lineage_app_dataset WHERE key = ANY(%b::text[])
"""
_KEYS_REMEMBERED = 20_000


class Known(NamedTuple):
    """A dataset's row, and the row of the name that represents it."""

    pk: int
    root_pk: int


@dataclass(frozen=True)
class Names:
    """The rows of the names at hand."""

    jobs: dict[Name, int]
    datasets: dict[Name, Known]

    def job(self, name: Name | None) -> int | None:
        """Return the job's row; None for what no job did."""
        return self.jobs[name] if name else None

    def refresh(self) -> None:
        """Read the representatives again, after names were joined or parted."""
        self.datasets.update(known_datasets(self.datasets))


def known_jobs(names: Iterable[Name]) -> dict[Name, int]:
    """Return the row of each job name, made where there was none."""
    wanted = set(names)
    found = {Name(ns, name): pk for ns, name, pk in execute(_JOBS, [_key(name) for name in wanted])} if wanted else {}
    missing = wanted - found.keys()
    return found | ({name: row.pk for name, row in save_jobs(missing).items()} if missing else {})


def known_datasets(names: Iterable[Name]) -> dict[Name, Known]:
    """Return the row of each dataset name, made where there was none."""
    wanted = set(names)
    keys = [_key(name) for name in wanted]
    found = {Name(ns, name): Known(*row) for ns, name, *row in execute(_DATASETS, keys)} if wanted else {}
    missing = wanted - found.keys()
    made = save_datasets(missing) if missing else {}
    return found | {name: Known(row.pk, row.root_pk) for name, row in made.items()}


@lru_cache(_KEYS_REMEMBERED)
def _key(name: Name) -> str:
    return name.key
