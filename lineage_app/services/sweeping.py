"""The second half of a rebuild: what the graph holds beyond the events goes, and every sum is made new, in chunks."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q

from lineage_app.domain.aliases import read_symlinks
from lineage_app.domain.facts import facts_of_dataset
from lineage_app.domain.merging import current
from lineage_app.domain.names import Name
from lineage_app.domain.node_types import classify
from lineage_app.domain.projection import parent_of
from lineage_app.models import Dataset, DatasetLink, FacetDraft, Fact, Job, Run
from lineage_app.services import aliasing, facts, merging, withdrawing
from lineage_app.services.arrays import execute
from lineage_app.services.edges import recompute_touching
from lineage_app.services.known import known_jobs
from lineage_app.services.projector import take_projector_lock

CHUNK = 500
_WITHOUT_EVENTS = """
SELECT r.id FROM lineage_app_run r WHERE r.id = ANY(%b::bigint[])
    AND NOT EXISTS (SELECT FROM lineage_app_rawevent w WHERE w.subject = r.subject)
    AND NOT EXISTS (SELECT FROM lineage_app_archivedsubject a WHERE a.subject = r.subject)
"""
_UNUSED_USES = """
DELETE FROM lineage_app_jobuse u WHERE u.dataset_id = ANY(%b::bigint[])
    AND NOT EXISTS (SELECT FROM lineage_app_runio io JOIN lineage_app_run r ON r.id = io.run_id
                    WHERE io.dataset_id = u.dataset_id AND io.role = u.role AND r.job_id = u.job_id)
"""


def remove_runs_without_events() -> None:
    """Take the runs out that no kept event speaks of."""
    for chunk in _chunks(Run):
        gone = [pk for (pk,) in execute(_WITHOUT_EVENTS, chunk)]
        if gone:
            withdrawing.remove_runs(Run.objects.filter(pk__in=gone))


def sweep() -> None:
    """Put the drafts in the place of the facets, and make every name, link and sum follow from what runs say."""
    for chunk in _chunks(Job):
        _sweep_jobs(chunk)
    for chunk in _chunks(Dataset):
        _sweep_datasets(chunk)
    with transaction.atomic():
        take_projector_lock(wait=True)
        linked = {pk for pair in DatasetLink.objects.values_list("dataset", "other") for pk in pair}
        aliasing.regroup(linked | set(Dataset.objects.exclude(root=None).values_list("pk", flat=True)))
        merging.restate()
        Fact.objects.filter(dataset=None).filter(Q(run=None) | Q(job=None)).delete()
        withdrawing.remove_unused_column_sets()


def _chunks(model: type[Run] | type[Job] | type[Dataset]) -> Iterator[list[int]]:
    """Return the rows' numbers CHUNK at a time, each chunk in a transaction of its own under the projector's lock."""
    last = 0
    while True:
        with transaction.atomic():
            take_projector_lock(wait=True)
            rows = model.objects.filter(pk__gt=last).order_by("pk")
            chunk = list(rows.values_list("pk", flat=True)[:CHUNK])
            if not chunk:
                return
            yield chunk
        last = chunk[-1]


def _sweep_jobs(chunk: list[int]) -> None:
    drafts = {row.job_id: row.facets for row in FacetDraft.objects.filter(job__in=chunk)}
    for row in Job.objects.filter(pk__in=chunk):
        wanted = drafts.get(row.pk, {})
        parent = parent_of(current(wanted))
        number = known_jobs([parent])[parent] if parent and parent != Name(row.namespace, row.name) else None
        if (row.facets, row.parent_id) != (wanted, number):
            Job.objects.filter(pk=row.pk).update(facets=wanted, parent=number)


def _sweep_datasets(chunk: list[int]) -> None:
    drafts = {row.dataset_id: row.facets for row in FacetDraft.objects.filter(dataset__in=chunk)}
    links: dict[int, set[Name]] = {pk: set() for pk in chunk}
    said = DatasetLink.objects.filter(dataset__in=chunk, source=aliasing.SYMLINK)
    for pk, *other in said.values_list("dataset", "other__namespace", "other__name"):
        links[pk].add(Name(*other))
    found: dict[int, set[tuple[str, str]]] = {pk: set() for pk in chunk}
    for pk, *word in Fact.objects.filter(dataset__in=chunk).values_list("dataset", "kind", "value"):
        found[pk].add((word[0], word[1]))
    rejoin, findable = {}, {}
    for row in Dataset.objects.filter(pk__in=chunk):
        name, wanted = Name(row.namespace, row.name), drafts.get(row.pk, {})
        now = current(wanted)
        typed = classify(name, now)
        if (row.facets, row.kind, row.layer, row.kind_rule, row.layer_rule) != (wanted, *typed):
            Dataset.objects.filter(pk=row.pk).update(facets=wanted, **typed._asdict())
        if (joined := read_symlinks(now.get("symlinks")) - {name}) != links[row.pk]:
            rejoin[row.pk] = joined
        if (words := facts_of_dataset(now)) != found[row.pk]:
            findable[row.pk] = words
    facts.save_dataset_facts(findable)
    if rejoin:
        aliasing.join(rejoin)
    execute(_UNUSED_USES, chunk)
    recompute_touching(chunk)
