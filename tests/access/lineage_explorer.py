"""Who may explore lineage: everybody; what goes beyond reading is said at its entry."""

from typing import Any

from tests.access.lineage import _of, _project
from tests.access_entry import ALL, Entry

_TAKERS = {"contributor", "owner", "outsider", "auditor", "administrator"}
"""Who may take raw events out: they hold what pipelines sent, SQL and parameters included."""


def _file_of(model: str, form: str = "window.json") -> Any:
    return lambda world: _of(model)(world) | {"form": form}


def _ends(world: Any) -> dict[str, Any]:
    from lineage_app.models import Dataset

    _project()
    return dict(zip(("start", "end"), Dataset.objects.order_by("pk").values_list("pk", flat=True), strict=False))


ACCESS = [
    *(
        Entry(f"lineage:{name}", ALL, kwargs=_of("Dataset"))
        for name in ("dataset", "dataset-diagram", "impact", "impact-csv", "columns", "history")
    ),
    *(
        Entry(f"lineage:{name}{part}", ALL, kwargs=_of(name.capitalize()))
        for name in ("job", "run")
        for part in ("", "-diagram")
    ),
    *(Entry(f"lineage:{name}-export", ALL, kwargs=_file_of(name.capitalize())) for name in ("dataset", "job", "run")),
    *(
        Entry(f"lineage:{name}-export", _TAKERS, kwargs=_file_of(name.capitalize(), "events.ndjson"))
        for name in ("dataset", "job", "run")
    ),
    Entry("lineage:paths", ALL),
    Entry("lineage:paths-diagram", ALL, kwargs=_ends),
    Entry("lineage:paths-export", ALL, kwargs=lambda world: _ends(world) | {"form": "window.json"}),
]
