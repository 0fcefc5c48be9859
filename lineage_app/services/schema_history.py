"""The columns that the newest writing runs told of, read from their events: the graph keeps only the newest."""

from collections.abc import Iterable, Iterator

from lineage_app.domain.events import read_facets
from lineage_app.domain.names import Name
from lineage_app.domain.run_facts import text
from lineage_app.domain.runs import Received
from lineage_app.domain.schema_history import Change, Seen, changes
from lineage_app.models import Dataset, Run
from lineage_app.selectors.column_links import fields_of
from lineage_app.selectors.lists import runs_of_dataset
from lineage_app.services.reading import read_subjects

NEWEST = 50


def schema_changes(dataset: Dataset) -> list[Change]:
    """Return what the NEWEST writing runs changed of the columns, the latest first; `run` of each is the Run."""
    rows = list(runs_of_dataset(dataset, "output").filter(is_foreign=False)[:NEWEST])
    runs = {row.run.subject: row.run for row in rows}
    names = {Name(name.namespace, name.name) for name in (dataset, *Dataset.objects.filter(root=dataset.root_pk))}
    found = []
    for subject, events in read_subjects(runs).items():
        found += [seen for seen in [_seen(runs[subject], events, names)] if seen]
    return changes(sorted(found, key=lambda seen: (seen.at, seen.run.pk)))


def _seen(run: Run, events: Iterable[Received], names: set[Name]) -> Seen | None:
    """The columns as the run's last event that has them says."""
    told = [columns for each in sorted(events, key=lambda e: e.event.time) for columns in _columns(each, names)]
    return Seen(run.last_at, run, told[-1]) if told else None


def _columns(received: Received, names: set[Name]) -> Iterator[dict[str, str]]:
    for item in received.event.outputs:
        fields = fields_of(read_facets(item.facets)) if item.full_name in names else []
        if fields:
            yield {name: text(field, "type") for name, field in fields}
