"""What the dataset's page says beside the drawing: other names, life, declared edges, why it is typed as it is."""

from datetime import datetime
from typing import Any

from lineage_app.domain.described import described
from lineage_app.domain.merging import current
from lineage_app.domain.names import Name
from lineage_app.models import Dataset
from lineage_app.selectors import declarations, lifecycle, merges, node_types

SHOWN = 20


def about(user: Any, dataset: Dataset, as_of: datetime | None) -> dict[str, Any]:
    """Return the context of the partials about_*.html for the representative `dataset`."""
    joined = merges.other_names(dataset)
    return {
        "described": described(current(dataset.facets)),
        "typed": node_types.typed(dataset),
        "may_type": node_types.may_type(user, dataset),
        "joined": joined,
        "may_merge": merges.may_merge(user, dataset),
        "ended": lifecycle.endings([dataset.pk], as_of=as_of).get(dataset.pk),
        "life": lifecycle.life_of(dataset)[:SHOWN],
        "declarations": declarations.declarations_about(dataset, [each.dataset for each in joined])[:SHOWN],
        "may_declare": declarations.may_declare(user, Name(dataset.namespace, dataset.name)),
    }
