"""Every indicator on every source with the real engines: one file a kind, one file a source, every case on each."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts_app.domain.document import load
from contracts_app.domain.rules.compile import compile_rules
from portal.core.connectors import registry as connectors
from portal.core.connectors.base import ConnectorError, Measurable, Reader
from slo_app.domain.measurement import Reading
from slo_app.indicators import registry
from slo_app.indicators.base import CannotMeasure, Compared, RuleSet, Terms
from tests.conformance.indicators.planting import Between, Case, Source, Table

HERE = Path(__file__).parent
PACKAGE = "tests.conformance.indicators"


def _modules(folder: str) -> dict[str, Any]:
    names = sorted(path.stem for path in (HERE / folder).glob("*.py"))
    return {name: importlib.import_module(f"{PACKAGE}.{folder}.{name}") for name in names}


SOURCES: list[type[Source]] = [each for module in _modules("sources").values() for each in module.SOURCES]
CASES: dict[str, list[Case]] = {kind: module.CASES for kind, module in _modules("kinds").items()}
MATRIX = [
    pytest.param(source, kind, case, id=f"{source.label}-{kind}-{case.name}")
    for source in SOURCES
    for kind, cases in CASES.items()
    for case in cases
    if case.needs <= source.has
]


@pytest.fixture(scope="module")
def sources(postgres_server, tmp_path_factory) -> Iterator[dict[type[Source], Source]]:
    """Every source, started once."""
    started = {each: each(postgres_server.plan, tmp_path_factory.mktemp(each.label)) for each in SOURCES}
    yield started
    for source in started.values():
        source.close()


def measure(source: Source, kind: str, case: Case) -> Reading:
    """As a probe measures, with the datasets of the case planted."""
    place = source.plant(source.fresh_name(), case.dataset)
    others = {key: source.plant(source.fresh_name(), table) for key, table in case.others.items()}
    beside = {key: source.plant(source.fresh_name(), table) for key, table in case.beside.items()}

    def other(key: str) -> AbstractContextManager[Reader]:
        if key not in others:
            raise CannotMeasure(f"There is no asset “{key}”.")
        return source.open(others[key])

    with source.open(place, beside.values()) as reader:
        named = {key: each.object_name for key, each in beside.items()}
        terms = Terms(rules=_rules(case.contract, reader.dialect), other=other, beside=named, **case.terms)
        if case.baseline is not None:
            terms = replace(terms, baseline=_baseline(source, kind, case, case.baseline))
        return registry.kinds()[kind].measure(reader, terms)


def _baseline(source: Source, kind: str, case: Case, table: Table) -> Any:
    """The document of a baseline made from a table of the case, as the portal keeps it."""
    indicator = registry.kinds()[kind]
    assert isinstance(indicator, Compared)
    with source.open(source.plant(source.fresh_name(), table)) as reader:
        return json.loads(json.dumps(indicator.baseline(reader, Terms(**case.terms)).document()))


def _rules(contract: str, dialect: str) -> RuleSet | None:
    if not contract:
        return None
    document = load(contract).document
    assert document is not None, contract
    compiled = compile_rules(document, dialect)
    return RuleSet(tuple(compiled.rules), tuple(compiled.unique))


@pytest.mark.parametrize(("source", "kind", "case"), MATRIX)
def test_an_indicator_reads_what_is_right_on_every_source(sources, source, kind, case):
    reads = case.reads
    if reads.refused or reads.failed:
        expected = CannotMeasure if reads.refused else ConnectorError
        with pytest.raises(expected, match=reads.refused or reads.failed):
            measure(sources[source], kind, case)
        return
    reading = measure(sources[source], kind, case)
    assert reading.result == reads.result, reading
    for name in ("value", "good", "total"):
        wanted = getattr(reads, name)
        assert wanted is None or _is(getattr(reading, name), wanted), (name, reading)
    assert {name: reading.counts.get(name) for name in reads.counts} == dict(reads.counts)
    for name, wanted in reads.figures.items():
        assert _is(reading.figures.get(name), wanted), (name, reading)
    assert re.search(reads.reason, reading.reason), reading.reason
    assert reading.source_clock is not None


def _is(seen: Any, wanted: Any) -> bool:
    return seen is not None and (seen in wanted if isinstance(wanted, Between) else seen == wanted)


def test_every_measurable_kind_is_a_source_of_the_suite():
    measurable = {name for name, kind in connectors.kinds().items() if isinstance(kind, Measurable)}
    assert measurable <= set(_modules("sources"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.label)
def test_every_kind_has_cases_on_every_source(source):
    missing = [kind for kind, cases in CASES.items() if not any(case.needs <= source.has for case in cases)]
    assert not missing


def test_every_indicator_has_cases():
    assert set(registry.kinds()) == set(CASES)
