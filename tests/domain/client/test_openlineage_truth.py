"""The check of events by openlineage-python's classes refuses what is wrong: else it would prove nothing."""

import copy
from typing import Any

import pytest

from portal.client.lineage import Dataset, Emitter
from tests.domain.client.openlineage_truth import CLASSES, check_event


def event() -> dict[str, Any]:
    emitter = Emitter("http://127.0.0.1:9", "", "demo")
    run = emitter.run("copy", outputs=[Dataset("ns", "out", {"id": "int"}, rows=1)], parameters={"day": "1"})
    return run.document("COMPLETE")


def test_the_check_knows_every_facet_class_of_the_package():
    assert len(CLASSES) >= 38
    check_event(event())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda e: e.pop("producer"),
        lambda e: e.update(eventTime="2026-01-01T00:00:00"),
        lambda e: e["run"].update(runId="7"),
        lambda e: e["job"]["facets"]["jobType"].update(processing="BATCH"),
        lambda e: e["job"]["facets"]["jobType"].pop("integration"),
        lambda e: e["run"]["facets"]["executionParameters"]["parameters"][0].update(val="1"),
        lambda e: e["run"]["facets"]["executionParameters"]["parameters"][0].update(value=1),
        lambda e: e["run"]["facets"].update(schema=e["outputs"][0]["facets"]["schema"]),
        lambda e: e["outputs"][0]["outputFacets"]["outputStatistics"].update(rowCount="1"),
        lambda e: e["outputs"][0]["facets"]["schema"].update(_schemaURL="https://openlineage.io/spec/facets/9-9-9/X"),
    ],
)
def test_what_the_specification_does_not_know_is_refused(spoil):
    spoiled = copy.deepcopy(event())
    spoil(spoiled)
    with pytest.raises((AssertionError, TypeError, ValueError, KeyError)):
        check_event(spoiled)
