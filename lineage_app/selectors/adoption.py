"""What may be claimed: datasets that nobody has, and assets that a dataset may be another name of."""

import re
from typing import Any

from django.db.models import Q, QuerySet

from lineage_app.models import Dataset
from portal.core.catalog.selectors import assets

SUGGESTED = 5


def claimable(text: str) -> QuerySet[Dataset]:
    """Return the representatives that no asset claims and that hold `text`, by name."""
    found = Dataset.objects.filter(root=None, asset=None).defer("facets").order_by("namespace", "name")
    return found.filter(Q(name__icontains=text) | Q(namespace__icontains=text)) if text else found


def similar_assets(dataset: Dataset) -> list[Any]:
    """Return assets whose name ends like the dataset's, case and marks aside: the same table under another address."""
    last = _last(dataset.name)
    if not last:
        return []
    found = assets().filter(name__icontains=last.split(" ")[-1]).exclude(
        namespace=dataset.namespace, name=dataset.name
    )  # fmt: skip
    return [asset for asset in found[: SUGGESTED * 20] if _last(asset.name) == last][:SUGGESTED]


def _last(name: str) -> str:
    """Return the last part of a name as small words.

    >>> _last("shop.public.Daily_Orders"), _last("raw/daily-orders")
    ('daily orders', 'daily orders')
    """
    part = re.split(r"[./:]+", name.strip("./:"))[-1]
    return " ".join(word for word in re.split(r"[^a-z0-9]+", part.lower()) if word)
