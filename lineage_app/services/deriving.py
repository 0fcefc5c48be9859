"""From the raw events of some subjects to rows: names, runs, inputs and outputs, edges, columns."""

from collections.abc import Iterable
from uuid import UUID

from lineage_app.services import edges, facets, naming, runs
from lineage_app.services.reading import read_subjects
from lineage_app.services.statements import statement_of


def derive_subjects(subjects: Iterable[UUID]) -> None:
    """Bring every row that depends on the events of `subjects` in line with them; idempotent.

    Call inside a transaction that holds the projector's lock.
    """
    found = read_subjects(subjects)
    statements = [statement_of(subject, received) for subject, received in found.items()]
    names = naming.save_names(statements, found.values())
    facets.save_facets(found.values(), names)
    saved = runs.save_runs(statements, names)
    edges.save_edges(statements, saved, names)
