"""Which jobs read an asset, and which read what comes of it: whom a breach of its promises hits.

Direct readers are jobs with a seen or declared edge out of one of its datasets, and jobs that read one and write
nothing, such as a dashboard. A job that is part of another stands for that one too, since a scheduler asks by either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from lineage_app.domain.names import Name
from lineage_app.models import Edge, Job, JobUse, RunIO
from lineage_app.selectors.closure import NOW, reached, roots_of_asset, tree_of
from lineage_app.selectors.rewrites import rules_in_force
from lineage_app.selectors.steps import rows

MOST_PARTS = 40
_CONSUMERS = """
WITH RECURSIVE direct(id) AS (
    SELECT d.id FROM lineage_app_dataset d WHERE d.id = ANY(%(roots)s) OR d.root_id = ANY(%(roots)s)
), readers(job_id, hops) AS (
    SELECT e.job_id, CASE WHEN e.src_id = ANY(%(roots)s) THEN 1 ELSE 2 END FROM lineage_app_edge e
    WHERE e.src_id = ANY(%(reached)s) AND e.job_id IS NOT NULL AND e.state IN ('seen', 'declared') AND NOT e.is_foreign
    UNION
    SELECT u.job_id, CASE WHEN u.dataset_id IN (SELECT id FROM direct) THEN 1 ELSE 2 END
    FROM lineage_app_dataset d JOIN lineage_app_jobuse u ON u.dataset_id = d.id AND u.role = 'input'
    WHERE (d.id = ANY(%(reached)s) OR d.root_id = ANY(%(reached)s))
      AND NOT EXISTS (SELECT FROM lineage_app_jobuse w WHERE w.job_id = u.job_id AND w.role = 'output')
      AND EXISTS (SELECT FROM lineage_app_run r JOIN lineage_app_runio io ON io.run_id = r.id
                  WHERE r.job_id = u.job_id AND io.dataset_id = u.dataset_id AND io.role = 'input'
                    AND NOT io.is_foreign)
    UNION
    SELECT j.parent_id, r.hops FROM readers r JOIN lineage_app_job j ON j.id = r.job_id WHERE j.parent_id IS NOT NULL
)
SELECT j.namespace, j.name, min(r.hops) FROM readers r JOIN lineage_app_job j ON j.id = r.job_id
GROUP BY j.id, j.namespace, j.name
"""


class Consumer(NamedTuple):
    """A job downstream of an asset: `hops` 1 reads the asset itself, 2 reads what comes of it."""

    namespace: str
    name: str
    hops: int


def consumers_of(asset_id: int) -> list[Consumer]:
    """Return every job downstream of the asset by what lineage holds now, declared edges included."""
    roots = roots_of_asset(asset_id)
    if not roots:
        return []
    values: dict[str, Any] = {"roots": roots, "reached": reached(roots, down=True, moment=NOW)}
    return [Consumer(*row) for row in rows(_CONSUMERS, values)]


def job_of_key(text: str) -> Job | None:
    """Return the job whose namespace and name, joined by a slash, are `text`; namespaces hold slashes too.

    The namespace may be the one that its events bear or the one under which the portal knows it.
    """
    parts = text.split("/")
    rules = rules_in_force()
    pairs = [("/".join(parts[:n]), "/".join(parts[n:])) for n in range(1, min(len(parts), MOST_PARTS))]
    keys = {Name(known, name).key for namespace, name in pairs for known in (namespace, rules.job(namespace))}
    return Job.objects.filter(key__in=keys).first() if keys else None


def jobs_named(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Job]:
    """Return the jobs of these (namespace, name) pairs that lineage knows."""
    keys = {Name(*each).key for each in names}
    found = Job.objects.filter(key__in=keys).only("namespace", "name")
    return {(job.namespace, job.name): job for job in found}


def way_to(asset_id: int, job: Job) -> tuple[int, int] | None:
    """Return the ends of the shortest way from the asset to what the job, or a part of it, reads; None without one.

    Both are representatives; they are the same where the job reads the asset itself.
    """
    jobs = [job.pk, *job.children.values_list("pk", flat=True)]
    tree = tree_of(roots_of_asset(asset_id), down=True, moment=NOW)
    edges = Edge.objects.filter(job__in=jobs, src__in=list(tree.distance), is_foreign=False)
    uses = JobUse.objects.filter(job__in=jobs, role=RunIO.Role.INPUT)
    read = set(edges.values_list("src", flat=True))
    read |= {root or pk for pk, root in uses.values_list("dataset", "dataset__root")}
    near = min((pk for pk in read if pk in tree.distance), key=lambda pk: (tree.distance[pk], pk), default=None)
    return None if near is None else (tree.way(near)[0], near)
