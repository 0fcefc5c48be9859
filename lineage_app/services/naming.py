"""Rows for names: jobs and datasets come into being when an event first speaks of them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from lineage_app.domain.names import Name
from lineage_app.domain.node_types import classify
from lineage_app.models import Dataset, Job
from lineage_app.selectors.rewrites import rules_in_force
from lineage_app.services.arrays import execute

_CLAIMED = "SELECT key FROM lineage_app_dataset WHERE id = ANY(%b::bigint[]) AND asset_id IS NOT NULL"


def save_jobs(names: Iterable[Name]) -> dict[Name, Job]:
    """Return a row for each job name, made where there was none."""
    rows = [Job(key=name.key, namespace=name.namespace, name=name.name) for name in sorted(names)]
    Job.objects.bulk_create(rows, ignore_conflicts=True)
    return {Name(row.namespace, row.name): row for row in Job.objects.filter(key__in=[row.key for row in rows])}


def save_datasets(names: Iterable[Name]) -> dict[Name, Dataset]:
    """Return a row for each dataset name, made where there was none, linked to the asset of that name."""
    wanted = {name.key: name for name in sorted(names)}
    known = set(Dataset.objects.filter(key__in=wanted).values_list("key", flat=True))
    rows = []
    for key, name in wanted.items():
        if key not in known:
            typed = classify(name, {})._asdict()
            rows.append(Dataset(key=key, namespace=name.namespace, name=name.name, **typed))
    Dataset.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        link_assets([row.key for row in rows])
    return {Name(row.namespace, row.name): row for row in Dataset.objects.filter(key__in=wanted)}


def link_assets(keys: list[str] | None = None) -> int:
    """Link datasets without an asset to the asset of their name or alias, and return how many were linked."""
    assets: Any = Dataset._meta.get_field("asset").related_model
    loose = Dataset.objects.filter(asset=None, **({} if keys is None else {"key__in": keys}))
    by_key = {f"{row.namespace}/{row.name}": row for row in loose}
    names = {row.name for row in by_key.values()}
    rules = rules_in_force()
    linked = []
    for asset in assets.objects.filter(Q(name__in=names) | Q(aliases__text__in=[*names, *by_key])).distinct():
        known_as = Name(rules.dataset(asset.namespace), asset.name)
        for alias in (asset.key, str(known_as), *asset.aliases.values_list("text", flat=True)):
            for row in [by_key[alias]] if alias in by_key else [r for r in by_key.values() if r.name == alias]:
                row.asset = asset
                linked.append(row)
    Dataset.objects.bulk_update(linked, ["asset"])
    for row in Dataset.objects.filter(asset=None, root=None, joined__asset__isnull=False).distinct():
        row.asset = row.joined.exclude(asset=None)[0].asset
        row.save(update_fields=["asset"])
    return len(linked)


def relink_assets(members: set[int]) -> None:
    """Link these datasets anew: where names parted, an asset must not stay on the one it only had from the other."""
    keys = [key for (key,) in execute(_CLAIMED, list(members))]
    if keys:
        Dataset.objects.filter(key__in=keys).update(asset=None)
        link_assets(keys)
