"""The files that SLOs are exported as: OpenSLO, Sloth's profile of it, and the programme's catalog in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from .domain.exports import catalog_file, contract, openslo, promql, sloth
from .domain.exports.promise import Promise
from .selectors.exporting import Chosen, metrics_url, promises

DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the one in C where PyYAML was built with it


@dataclass(frozen=True, slots=True)
class Form:
    """One file: its name, what it is for a reader, and its text piece by piece."""

    file_name: str
    media_type: str
    label: str
    about: str
    pieces: Callable[[Iterable[Promise]], Iterator[str]]


def text(form: Form, chosen: Chosen) -> Iterator[str]:
    """The file, piece by piece as it is read from the database."""
    return form.pieces(promises(chosen))


def dump(document: dict[str, Any]) -> str:
    """One YAML document without its `---`; what is foreign in it is quoted where YAML would read something else."""
    dumped: str = yaml.dump(document, Dumper=DUMPER, sort_keys=False, allow_unicode=True, width=120)
    return dumped


def yaml_stream(documents: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Documents of one file, each after its `---`."""
    return (f"---\n{dump(each)}" for each in documents)


def as_code(promise: Promise, contract_key: str) -> list[tuple[str, str, str]]:
    """One SLO in each language: heading, what it is good for, and the text."""
    said = "\n".join(f"# {question}\n{query}\n" for question, query in promql.questions(promise)).rstrip("\n")
    found = [
        ("OpenSLO", "For tools that read OpenSLO v1; one file of several objects.", _yaml(openslo_of([promise]))),
        ("PromQL", "For Grafana, or a rule of your own, over the series of /metrics.", said),
    ]
    if promise.ratio:
        found.append(
            ("Sloth", "For `sloth generate`, which reads ratios as OpenSLO v1alpha.", _yaml(sloth_of([promise])))
        )
    if contract_key:
        section = dump(contract.snippet(promise, contract_key)).rstrip("\n")
        found.append(("Contract", "The lines that promise the same in a data contract.", section))
    return found


def openslo_of(found: Iterable[Promise]) -> Iterator[str]:
    """OpenSLO v1."""
    return yaml_stream(openslo.documents(found, metrics_url()))


def sloth_of(found: Iterable[Promise]) -> Iterator[str]:
    """OpenSLO v1alpha as Sloth reads it."""
    return yaml_stream(sloth.documents(found))


def catalog_of(found: Iterable[Promise]) -> Iterator[str]:
    """`slo_catalog.md`."""
    return catalog_file.catalog(list(found))


def _yaml(pieces: Iterable[str]) -> str:
    return "".join(pieces).rstrip("\n")


FORMS = {
    "openslo": Form("openslo.yaml", "application/yaml", "OpenSLO v1", "every SLO with its alerts", openslo_of),
    "sloth": Form("sloth.yaml", "application/yaml", "OpenSLO v1alpha for Sloth", "the ratios, in PromQL", sloth_of),
    "catalog": Form(
        "slo_catalog.md", "text/markdown; charset=utf-8", "observability/slo_catalog.md",
        "the table of all SLOs with what they read", catalog_of,
    ),
}  # fmt: skip
