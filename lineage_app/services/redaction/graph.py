"""The graph: every text of it, the names of jobs and datasets, and the subjects that are to be derived anew.

A name that holds an identifier is changed in place, so that its page and what people said about it stay. Where the
changed name is there already, the two become one.
"""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import Q

from lineage_app.domain.aliases import read_symlinks
from lineage_app.domain.merging import current
from lineage_app.domain.names import Name
from lineage_app.domain.node_types import classify
from lineage_app.domain.redaction import Pattern
from lineage_app.models import Dataset, DatasetLink, Job, RedactionRecord
from lineage_app.services import aliasing, withdrawing
from lineage_app.services.edges import recompute_touching
from lineage_app.services.projector import take_projector_lock
from lineage_app.services.redaction import tables

CHUNK = 200


def redact_graph(pattern: Pattern, *, said: Callable[[str], object]) -> tuple[int, int]:
    """Redact texts and names, derive anew what changed, and return the numbers of rows and of subjects."""
    rows = tables.redact_tables(pattern, said=said)
    rows += _rename(pattern)
    subjects = _settle()
    rows += _join_twins(pattern)
    said(f"graph: {rows} rows redacted, {subjects} runs and static statements derived anew")
    return rows, subjects


def _settle() -> int:
    """Derive anew what redacted events say, also those of a run that was killed; return the number of subjects."""
    done = 0
    while step := _settle_some():
        done += step
    withdrawing.remove_unused_column_sets()
    return done


@transaction.atomic
def _settle_some() -> int:
    take_projector_lock(wait=True)
    records = list(RedactionRecord.objects.exclude(subject=None)[:CHUNK].values_list("pk", "subject", "moved_to"))
    subjects = {subject for _, *both in records for subject in both if subject is not None}
    withdrawing.rederive(subjects)
    RedactionRecord.objects.filter(pk__in=[pk for pk, *_ in records]).update(subject=None, moved_to=None)
    return len(subjects)


@transaction.atomic
def _rename(pattern: Pattern) -> int:
    """Change names in place, but those whose changed name is there already; return how many changed."""
    take_projector_lock(wait=True)
    datasets = [row for row, name in _named(Dataset, pattern) if _renamed(row, name)]
    jobs = [row for row, name in _named(Job, pattern) if _renamed(row, name)]
    _rejoin(datasets)
    return len(datasets) + len(jobs)


@transaction.atomic
def _join_twins(pattern: Pattern) -> int:
    """Remove the rows whose changed name another row has, now that every run points to that one."""
    take_projector_lock(wait=True)
    datasets = list(_named(Dataset, pattern))
    for row, name in datasets:
        twin = Dataset.objects.get(key=name.key)
        if row.asset_id and not twin.asset_id:
            Dataset.objects.filter(pk=twin.pk).update(asset=row.asset_id)
        _rejoin([row])
        aliasing.join({row.pk: set()})
        _hand_over_links(row, twin)
        row.delete()
        aliasing.regroup({twin.pk})
        recompute_touching({twin.pk})
    jobs = list(_named(Job, pattern))
    for row, name in jobs:
        row.children.update(parent=Job.objects.get(key=name.key))
        row.delete()
    return len(datasets) + len(jobs)


def _hand_over_links(row: Dataset, twin: Dataset) -> None:
    """Give the twin what people said about the row's names."""
    for link in DatasetLink.objects.filter(Q(dataset=row) | Q(other=row)):
        ends = [twin.pk if pk == row.pk else pk for pk in (link.dataset_id, link.other_id)]
        if ends[0] != ends[1]:
            DatasetLink.objects.get_or_create(dataset_id=ends[0], other_id=ends[1], source=link.source)


def _named(model, pattern: Pattern):  # type: ignore[no-untyped-def]
    """Return the rows whose name holds an identifier, with the name that they are to have."""
    for pk in tables.rows_named(model._meta.db_table, pattern):
        row = model.objects.get(pk=pk)
        yield row, Name(pattern.redacted(row.namespace), pattern.redacted(row.name))


def _renamed(row: Dataset | Job, name: Name) -> bool:
    if type(row).objects.filter(key=name.key).exists():
        return False
    row.namespace, row.name, row.key = name.namespace, name.name, name.key
    if isinstance(row, Dataset):
        row.kind, row.layer, row.kind_rule, row.layer_rule = classify(name, current(row.facets))
    row.save()
    return True


def _rejoin(rows: Iterable[Dataset]) -> None:
    """Choose the representatives anew of whatever is joined with these: it goes by the smallest name."""
    pks = [row.pk for row in rows]
    linking = set(DatasetLink.objects.filter(other__in=pks).values_list("dataset", flat=True))
    linking |= set(DatasetLink.objects.filter(dataset__in=pks).values_list("dataset", flat=True))
    links = {}
    for row in Dataset.objects.filter(pk__in=linking):
        links[row.pk] = read_symlinks(current(row.facets).get("symlinks")) - {Name(row.namespace, row.name)}
    if links:
        aliasing.join(links)
