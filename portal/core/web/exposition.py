"""Families of series as text: Prometheus 0.0.4 and OpenMetrics 1.0.0, which differ in their end and in escapes.

The client library's writers format the labels of each sample anew. An SLO has a dozen series with the same labels, and
at ten thousand SLOs that formatting was most of a scrape; here each set of labels is written once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Metric


def plain(registry: CollectorRegistry) -> bytes:
    """Prometheus text 0.0.4."""
    return "".join(_lines(list(registry.collect()), quotes=False)).encode()


def openmetrics(registry: CollectorRegistry) -> bytes:
    """OpenMetrics 1.0.0, with its end, so that a scraper sees whether it has all."""
    return ("".join(_lines(list(registry.collect()), quotes=True)) + "# EOF\n").encode()


def _lines(families: list[Metric], *, quotes: bool) -> Iterator[str]:
    """The families stay alive until the end, so that the identity of a set of labels stays its own."""
    written: dict[int, str] = {}
    for family in families:
        if family.type != "gauge":
            raise TypeError(f"{family.name} is a {family.type}; what is read from the database is a gauge.")
        said = _escaped(family.documentation) if quotes else _one_line(family.documentation)
        yield f"# HELP {family.name} {said}\n# TYPE {family.name} gauge\n"
        for sample in family.samples:
            labels = written.get(id(sample.labels))
            if labels is None:
                labels = written[id(sample.labels)] = _labels(sample.labels)
            yield f"{sample.name}{labels} {float(sample.value)!r}\n"


def _labels(labels: Mapping[str, str]) -> str:
    """Sorted, as the client library writes them; an empty label is an absent one.

    >>> _labels({"b": 'say "x"', "a": "1", "c": ""})
    '{a="1",b="say \\\\"x\\\\""}'
    """
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in sorted(labels.items()) if value)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(text: str) -> str:
    return _one_line(text).replace('"', '\\"')


def _one_line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")
