"""A token has to cover every name that an event can tie to something: envelope and drawing facets alike."""

import json
from typing import Any

import pytest

from lineage_app.domain.events import parse
from lineage_app.domain.spoken import namespaces


def event(**changes: Any) -> bytes:
    sent = {
        "eventTime": "2026-03-01T10:00:00Z",
        "eventType": "COMPLETE",
        "run": {"runId": "0199a3c2-7d5e-7000-8000-000000000001", "facets": changes.get("run", {})},
        "job": {"namespace": "mine", "name": "load", "facets": changes.get("job", {})},
        "inputs": [],
        "outputs": [{"namespace": "mine", "name": "out", "facets": changes.get("dataset", {})}],
    }
    return json.dumps(sent).encode()


SOMEBODY_ELSES = {"namespace": "theirs", "name": "salaries"}


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset": {"symlinks": {"identifiers": [SOMEBODY_ELSES | {"type": "TABLE"}]}}},
        {"dataset": {"columnLineage": {"fields": {"a": {"inputFields": [SOMEBODY_ELSES | {"field": "pay"}]}}}}},
        {"dataset": {"columnLineage": {"fields": {}, "dataset": [SOMEBODY_ELSES | {"field": "pay"}]}}},
        {"dataset": {"lineage": {"inputs": [SOMEBODY_ELSES | {"type": "DATASET"}]}}},
        {"dataset": {"lineage": {"fields": {"a": {"inputs": [SOMEBODY_ELSES | {"type": "DATASET"}]}}}}},
        {"dataset": {"lifecycleStateChange": {"lifecycleStateChange": "RENAME", "previousIdentifier": SOMEBODY_ELSES}}},
        {"job": {"lineage": {"entries": [SOMEBODY_ELSES | {"type": "DATASET", "inputs": []}]}}},
        {
            "job": {
                "lineage": {
                    "entries": [{"namespace": "mine", "name": "out", "type": "DATASET", "inputs": [SOMEBODY_ELSES]}]
                }
            }
        },
        {"run": {"parent": {"run": {"runId": "x"}, "job": SOMEBODY_ELSES}}},
        {"run": {"parentRun": {"run": {"runId": "x"}, "job": SOMEBODY_ELSES}}},
        {"run": {"parent": {"job": {"namespace": "mine", "name": "dag"}, "root": {"job": SOMEBODY_ELSES}}}},
    ],
)
def test_a_facet_that_draws_names_a_namespace_that_the_token_must_cover(changes: dict[str, Any]) -> None:
    assert namespaces(parse(event(**changes))) == {"mine", "theirs"}


def test_an_escaped_facet_key_hides_nothing() -> None:
    body = event(dataset={"symlinks": {"identifiers": [SOMEBODY_ELSES]}}).replace(b'"symlinks"', rb'"\u0073ymlinks"')
    assert namespaces(parse(body)) == {"mine", "theirs"}


@pytest.mark.parametrize(
    "facets",
    [
        None,
        [],
        "text",
        {"symlinks": None},
        {"symlinks": [3, {"name": 4, "namespace": "x"}]},
        {"lineage": "none", "columnLineage": 7},
        {"tags": {"tags": [{"key": "kind", "value": "table", "source": "x"}]}},
        {"hierarchy": {"hierarchy": [{"type": "SCHEMA", "name": "public"}]}},
    ],
)
def test_what_draws_nothing_speaks_of_nothing_and_is_never_refused(facets: Any) -> None:
    assert namespaces(parse(event(dataset=facets, job=facets, run=facets))) == {"mine"}


@pytest.mark.parametrize("depth", [100, 500, 900, 990, 2_000])
def test_deep_nesting_is_read_or_refused_and_never_an_error(depth: int) -> None:
    deep = event(dataset={"lineage": "DEEP"}).replace(b'"DEEP"', b'{"inputs": ' + b"[" * depth + b"]" * depth + b"}")
    try:
        read = parse(deep)
    except ValueError:
        return
    assert namespaces(read) == {"mine"}
