"""Rows for what happened to datasets: created, renamed, dropped; history that outlives nothing and deletes nothing."""

from collections.abc import Mapping
from uuid import UUID

from lineage_app.domain.lifecycle import changes_of
from lineage_app.domain.runs import Received
from lineage_app.models import DatasetLife
from lineage_app.services.known import known_datasets
from lineage_app.services.runs import Saved


def save_life(found: Mapping[UUID, list[Received]], saved: Mapping[UUID, Saved]) -> None:
    """Bring the lines of life that these subjects tell in line with their events."""
    told = {subject: changes for subject, received in found.items() if (changes := changes_of(received))}
    old = [run.pk for run in saved.values() if run.before]
    existing = {_key(row): row.pk for row in DatasetLife.objects.filter(run__in=old)} if old else {}
    names = {name for changes in told.values() for change in changes for name in (change.dataset, change.other) if name}
    rows = known_datasets(names) if names else {}
    wanted = {
        _key(row): row
        for subject, changes in told.items()
        for change in changes
        for row in [
            DatasetLife(
                dataset_id=rows[change.dataset].pk,
                state=str(change.state),
                at=change.at,
                run_id=saved[subject].pk,
                other_id=rows[change.other].pk if change.other else None,
            )
        ]
    }
    gone = [pk for key, pk in existing.items() if key not in wanted]
    if gone:
        DatasetLife.objects.filter(pk__in=gone).delete()
    DatasetLife.objects.bulk_create(row for key, row in wanted.items() if key not in existing)


def _key(row: DatasetLife) -> tuple[object, ...]:
    return row.dataset_id, row.state, row.at, row.run_id, row.other_id
