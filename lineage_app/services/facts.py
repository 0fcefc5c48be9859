"""Rows by which jobs, runs and datasets are found; written only where they are new, so that a run like the last one
costs two look-ups.
"""

from collections.abc import Iterable
from uuid import UUID

from lineage_app.domain.facts import Fact as Word
from lineage_app.domain.facts import facts_of_run
from lineage_app.models import Fact
from lineage_app.services.arrays import execute, execute_rows
from lineage_app.services.known import Names
from lineage_app.services.runs import Saved
from lineage_app.services.statements import Statement

_NEW_USES = """
INSERT INTO lineage_app_jobuse (job_id, dataset_id, role)
SELECT * FROM unnest(%b::bigint[], %b::bigint[], %b::text[]) n(job_id, dataset_id, role)
WHERE NOT EXISTS (SELECT FROM lineage_app_jobuse u
                  WHERE u.job_id = n.job_id AND u.role = n.role AND u.dataset_id = n.dataset_id)
ON CONFLICT DO NOTHING
"""
_NEW_FACTS = """
INSERT INTO lineage_app_fact (job_id, run_id, kind, value)
SELECT DISTINCT ON (job_id, kind, value) * FROM unnest(%b::bigint[], %b::bigint[], %b::text[], %b::text[])
    n(job_id, run_id, kind, value)
WHERE NOT EXISTS (SELECT FROM lineage_app_fact f
                  WHERE f.job_id = n.job_id AND f.kind = n.kind AND f.value = n.value)
ORDER BY job_id, kind, value, run_id
ON CONFLICT DO NOTHING
"""


_SAID_BEFORE = "SELECT id, job_id, run_id, kind, value FROM lineage_app_fact WHERE run_id = ANY(%b::bigint[])"

Said = tuple[int, int, str, str]
"""A word that a run said: (job, run, kind, word)."""


def save_facts(statements: Iterable[Statement], saved: dict[UUID, Saved], names: Names) -> None:
    """Make these runs findable by what they and their jobs say, and their datasets by the jobs that touch them."""
    uses: set[tuple[int, int, str]] = set()
    said: set[Said] = set()
    for statement in statements:
        job, run = names.job(statement.state.job), saved[statement.subject].pk
        if job is None:
            continue
        written = {*statement.outputs, *(link.dst for link in statement.columns)}
        touched = (("input", statement.inputs), ("output", written))
        uses |= {(job, names.datasets[name].pk, role) for role, part in touched for name in part}
        words = facts_of_run(statement.state.run_facets, statement.state.job_facets)
        said |= {(job, run, kind, word) for kind, word in words}
    _withdraw([row.pk for row in saved.values() if row.before], said)
    execute_rows(_NEW_USES, sorted(uses))
    execute_rows(_NEW_FACTS, sorted(said))


def save_dataset_facts(facts: dict[int, frozenset[Word]]) -> None:
    """Replace what these datasets (by number) are found by."""
    if facts:
        Fact.objects.filter(dataset__in=facts).delete()
        Fact.objects.bulk_create(
            Fact(dataset_id=pk, kind=kind, value=value) for pk, words in facts.items() for kind, value in sorted(words)
        )


def _withdraw(runs: list[int], said: set[Said]) -> None:
    """Delete what one of these runs said first and says no longer, as after a redaction."""
    if not runs:
        return
    known = execute(
        "SELECT id, job_id, run_id, kind, value FROM lineage_app_fact WHERE run_id = ANY(%b::bigint[])", runs
    )
    gone = [pk for pk, *word in known if tuple(word) not in said]
    if gone:
        Fact.objects.filter(pk__in=gone).delete()
