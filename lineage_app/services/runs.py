"""Rows for runs and what they read and wrote."""

import hashlib
import json
from uuid import UUID

from lineage_app.domain.columns import ColumnLink
from lineage_app.domain.names import Name
from lineage_app.models import ColumnSet, Run, RunIO
from lineage_app.services.naming import Names
from lineage_app.services.statements import Statement, Use

_FIELDS = [
    "job", "run_id", "status", "first_at", "last_at", "started_at", "ended_at", "parent_run",
    "facets", "job_facets", "lenient", "is_foreign", "events",
]  # fmt: skip


def save_runs(statements: list[Statement], names: Names) -> dict[UUID, Run]:
    """Write each subject's run with its inputs and outputs, and return the runs by subject."""
    Run.objects.bulk_create(
        [_run(statement, names) for statement in statements],
        update_conflicts=True,
        unique_fields=["subject"],
        update_fields=_FIELDS,
    )
    saved = {run.subject: run for run in Run.objects.filter(subject__in=[s.subject for s in statements])}
    _save_io(statements, saved, names)
    return saved


def _run(statement: Statement, names: Names) -> Run:
    state = statement.state
    return Run(
        subject=statement.subject,
        job=names.jobs[state.job] if state.job else None,
        run_id=state.run_id,
        status=state.status,
        first_at=state.first_at,
        last_at=state.last_at,
        started_at=state.started_at,
        ended_at=state.ended_at,
        parent_run=state.parent[1] or None if state.parent else None,
        facets=state.run_facets,
        job_facets=state.job_facets,
        lenient="; ".join(sorted(state.lenient)),
        is_foreign=statement.foreign,
        events=statement.events,
    )


def _save_io(statements: list[Statement], saved: dict[UUID, Run], names: Names) -> None:
    sets = _save_column_sets(statements)
    wanted: dict[tuple[int, int, str], RunIO] = {}
    for statement in statements:
        run = saved[statement.subject]
        for role, uses in ((RunIO.Role.INPUT, statement.inputs), (RunIO.Role.OUTPUT, _outputs(statement))):
            for name, use in uses.items():
                columns = sets.get(_links_digest(_links_into(statement, name))) if role == RunIO.Role.OUTPUT else None
                row = RunIO(
                    run=run,
                    dataset=names.datasets[name],
                    role=role,
                    version=use.version,
                    facets=use.facets,
                    columns=columns,
                    is_foreign=use.foreign,
                )
                wanted[run.pk, row.dataset_id, str(role)] = row
    existing = RunIO.objects.filter(run__in=saved.values()).values_list("pk", "run", "dataset", "role")
    RunIO.objects.filter(pk__in=[pk for pk, *key in existing if tuple(key) not in wanted]).delete()
    RunIO.objects.bulk_create(
        wanted.values(),
        update_conflicts=True,
        unique_fields=["run", "dataset", "role"],
        update_fields=["version", "facets", "columns", "is_foreign"],
    )


def _outputs(statement: Statement) -> dict[Name, Use]:
    """Outputs, with the datasets that only column links or explicit statements speak of as written."""
    targets = {link.dst for link in statement.columns} - set(statement.outputs)
    return {**statement.outputs, **{name: Use("", {}, foreign=False) for name in sorted(targets)}}


def _links_into(statement: Statement, dst: Name) -> list[ColumnLink]:
    return sorted(link for link in statement.columns if link.dst == dst)


def _links_digest(links: list[ColumnLink]) -> str:
    return hashlib.sha256(json.dumps(links).encode()).hexdigest() if links else ""


def _save_column_sets(statements: list[Statement]) -> dict[str, ColumnSet]:
    sets: dict[str, list[ColumnLink]] = {}
    for statement in statements:
        for dst in {link.dst for link in statement.columns}:
            links = _links_into(statement, dst)
            sets[_links_digest(links)] = links
    ColumnSet.objects.bulk_create(
        [ColumnSet(digest=digest, links=links) for digest, links in sorted(sets.items())], ignore_conflicts=True
    )
    return {row.digest: row for row in ColumnSet.objects.filter(digest__in=sets)}
