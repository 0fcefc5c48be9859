"""What the portal tells Prometheus: families of series that each room registers, composed at `/metrics`.

Every series is read from the database at the scrape. A gauge set in a worker's memory goes stale when that worker
dies, and there are several workers; the rows are the same for all of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

Covers = Callable[[str], bool]
Families = Callable[[Covers], Iterable[Metric]]
Labels = Mapping[str, str]

LONGEST_LABEL = 200  # characters; names come from people and pipelines, and every series repeats them
_families: dict[str, tuple[int, Families]] = {}


def metrics(*, order: int) -> Callable[[Families], Families]:
    """Register the function below it; it gets `covers(namespace)`, the namespaces that the asking token may see."""

    def register(families: Families) -> Families:
        _families[f"{families.__module__}.{families.__qualname__}"] = (order, families)
        return families

    return register


def registry(covers: Covers) -> CollectorRegistry:
    """A registry of its own for one scrape, with nothing of this process in it."""
    found = CollectorRegistry(auto_describe=False)
    found.register(_Rooms(covers))
    return found


class _Rooms(Collector):
    """Collects from every room, in order; a room that cannot answer fails the scrape rather than vanish from it."""

    def __init__(self, covers: Covers) -> None:
        self.covers = covers

    def collect(self) -> Iterator[Metric]:
        for _, families in sorted(_families.values(), key=lambda each: (each[0], each[1].__module__)):
            yield from families(self.covers)

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask the database."""
        return ()


def gauge(name: str, documentation: str, samples: Iterable[tuple[Labels, float]] = ()) -> Metric:
    """A gauge with these samples; the names of their labels may differ, as an absent label is an empty one."""
    family = GaugeMetricFamily(name, documentation)
    family.samples = [Sample(name, labels, value) for labels, value in samples]  # type: ignore[arg-type]
    return family


def label(text: object) -> str:
    """A label's value: bounded, on one line, without control characters; the exposition escapes quotes itself.

    >>> label("orders\\n# HELP fake"), len(label("x" * 999))
    ('orders # HELP fake', 200)
    """
    said = str(text)
    if (
        said.isprintable() and len(said) <= LONGEST_LABEL
    ):  # nearly every name; a look at each character costs the scrape
        return said
    plain = "".join(" " if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") else each for each in said)
    return plain if len(plain) <= LONGEST_LABEL else plain[: LONGEST_LABEL - 1] + "…"
