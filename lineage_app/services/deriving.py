"""From the raw events of some subjects to rows: names, runs, inputs and outputs, edges, columns."""

from collections.abc import Iterable
from itertools import chain
from uuid import UUID

from lineage_app.domain.merging import current
from lineage_app.domain.projection import dataset_facets, job_facets, parent_of
from lineage_app.services import columns, edges, facets, facts, lifecycle, run_io, runs
from lineage_app.services.known import Names, known_datasets, known_jobs
from lineage_app.services.reading import read_subjects
from lineage_app.services.statements import statement_of


def derive_subjects(subjects: Iterable[UUID]) -> None:
    """Bring every row that depends on the events of `subjects` in line with them; idempotent.

    Call inside a transaction that holds the projector's lock.
    """
    found = read_subjects(subjects)
    statements = [statement_of(subject, received) for subject, received in found.items()]
    of_jobs = job_facets(chain.from_iterable(found.values()))
    of_datasets = dataset_facets(chain.from_iterable(found.values()))
    parents = {name for said in of_jobs.values() if (name := parent_of(current(said)))}
    names = Names(
        known_jobs(parents.union(of_jobs, *(one.job_names() for one in statements))),
        known_datasets(set(of_datasets).union(*(one.dataset_names() for one in statements))),
    )
    facets.note_drafts(of_jobs, of_datasets, names)
    facets.save_job_facets(of_jobs, names)
    facets.save_dataset_facets(of_datasets, names)
    saved = runs.save_runs(statements, names)
    columns.save_columns(run_io.save_io(statements, saved, names))
    edges.save_edges(statements, saved, names)
    facts.save_facts(statements, saved, names)
    lifecycle.save_life(found, saved)
