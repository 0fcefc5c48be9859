"""Column edges, summed up from the column sets that runs refer to."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, Min, Q
from django.db.models.functions import Coalesce

from lineage_app.domain.names import Name
from lineage_app.models import ColumnEdge, ColumnSet, Dataset, RunIO
from lineage_app.services.naming import save_datasets


class Key(NamedTuple):
    """What makes a column edge one."""

    src: Name
    src_field: str
    dst: int
    dst_field: str
    job: int | None
    type: str
    subtype: str
    masking: bool


def recompute_columns(datasets: set[int]) -> None:
    """Sum up anew the column links into each of `datasets` and the names joined with it."""
    if not datasets:
        return
    roots = {root or pk for pk, root in Dataset.objects.filter(pk__in=list(datasets)).values_list("pk", "root")}
    members = {pk: root or pk for pk, root in _members(roots)}
    found = _summed(members)
    sources = save_datasets({key.src for key in found})
    ColumnEdge.objects.filter(dst__in=members).delete()
    ColumnEdge.objects.bulk_create(
        ColumnEdge(
            src_id=sources[key.src].root_pk,
            src_field=key.src_field,
            dst_id=key.dst,
            dst_field=key.dst_field,
            job_id=key.job,
            type=key.type[:40],
            subtype=key.subtype[:80],
            masking=key.masking,
            first_seen=first,
            last_seen=last,
        )
        for key, (first, last) in found.items()
    )


def _members(roots: set[int]) -> Iterable[tuple[int, int | None]]:
    return Dataset.objects.filter(Q(pk__in=roots) | Q(root__in=roots)).order_by().values_list("pk", "root")


def _summed(members: dict[int, int]) -> dict[Key, tuple[datetime, datetime]]:
    """Return the first and last event time of each column link into `members` (dataset -> representative)."""
    moment = Coalesce("run__ended_at", "run__last_at")
    rows = RunIO.objects.filter(dataset__in=members, columns__isnull=False, is_foreign=False).order_by()
    summed = rows.values_list("dataset", "run__job", "columns").annotate(first=Min(moment), last=Max(moment))
    sets = ColumnSet.objects.in_bulk({row[2] for row in summed})
    found: dict[Key, tuple[datetime, datetime]] = {}
    for dst, job, column_set, first, last in summed:
        for (namespace, name), src_field, _, dst_field, kind, subtype, masking in sets[column_set].links:
            key = Key(Name(namespace, name), src_field, members[dst], dst_field, job, kind, subtype, masking)
            known = found.get(key, (first, last))
            found[key] = (min(known[0], first), max(known[1], last))
    return found
