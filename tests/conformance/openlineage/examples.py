"""Our examples, one of each published version of each facet, and the events that carry them."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.lineage_app.sending import RUN_ID

FOLDER = Path(__file__).parent / "facets"
PRODUCER = "https://conformance.example/1"
CORE_URL = "https://openlineage.io/spec/{}/OpenLineage.json#/$defs/{}"


class Example(NamedTuple):
    """One facet in one version: where it belongs, under which key, and its body without the fields of every facet."""

    name: str
    version: str
    on: str
    key: str
    body: dict[str, Any]

    @property
    def facet(self) -> dict[str, Any]:
        """The facet as a client sends it."""
        file = "LineageFacet" if self.key == "lineage" else self.name
        url = f"https://openlineage.io/spec/facets/{self.version}/{file}.json#/$defs/{self.name}"
        return {"_producer": PRODUCER, "_schemaURL": url, **self.body}


@cache
def examples() -> list[Example]:
    """Every example in the folder."""
    return [
        Example(path.stem, version, said["on"], said["key"], body)
        for path in sorted(FOLDER.glob("*.json"))
        for said in [json.loads(path.read_text())]
        for version, body in said["versions"].items()
    ]


def event(example: Example | None = None, *, number: int = 1, **more: Any) -> dict[str, Any]:
    """A COMPLETE that reads conf/orders and writes conf/clean, with the facet of the example in its place."""
    sent: dict[str, Any] = {
        "eventTime": "2026-03-01T10:05:00Z",
        "eventType": "COMPLETE",
        "producer": PRODUCER,
        "schemaURL": CORE_URL.format("2-0-2", "RunEvent"),
        "run": {"runId": RUN_ID.format(number), "facets": {}},
        "job": {"namespace": "conf", "name": "load", "facets": {}},
        "inputs": [{"namespace": "conf", "name": "orders", "facets": {}, "inputFacets": {}}],
        "outputs": [{"namespace": "conf", "name": "clean", "facets": {}, "outputFacets": {}}],
    }
    if example is not None:
        place(sent, example.on)[example.key] = example.facet
    return sent | more


def place(sent: dict[str, Any], on: str) -> dict[str, Any]:
    """The facets of an event of that kind; a dataset's are those of the output."""
    return {  # type: ignore[no-any-return]
        "run": lambda: sent["run"]["facets"],
        "job": lambda: sent["job"]["facets"],
        "dataset": lambda: sent["outputs"][0]["facets"],
        "input": lambda: sent["inputs"][0]["inputFacets"],
        "output": lambda: sent["outputs"][0]["outputFacets"],
    }[on]()
