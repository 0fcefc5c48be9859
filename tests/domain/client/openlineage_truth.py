"""Whether an event is what OpenLineage asks for: each facet rebuilt by openlineage-python's own class of its version.

Its classes refuse an unknown field (TypeError), a missing one, and values that their validators know.
"""

import sys
import typing
import uuid
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints

import attr
from openlineage.client import event_v2, facet_v2
from openlineage.client.generated import base, lineage


def check_event(event: dict[str, Any]) -> None:
    """Assert that a run event fits the specification 2-0-2 with facets of the newest published versions."""
    assert set(event) == {"eventType", "eventTime", "producer", "schemaURL", "run", "job", "inputs", "outputs"}
    assert event["schemaURL"] == "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
    event_v2.RunState(event["eventType"])
    assert datetime.fromisoformat(event["eventTime"]).utcoffset() is not None
    assert event["producer"].startswith("https://")
    uuid.UUID(event["run"]["runId"])
    check_facets(event["run"]["facets"], base.RunFacet)
    check_facets(event["job"]["facets"], base.JobFacet)
    for dataset in [*event["inputs"], *event["outputs"]]:
        assert dataset["namespace"]
        assert dataset["name"]
        check_facets(dataset["facets"], base.DatasetFacet)
    for dataset in event["inputs"]:
        assert set(dataset) <= {"namespace", "name", "facets", "inputFacets"}
        check_facets(dataset.get("inputFacets", {}), base.InputDatasetFacet)
    for dataset in event["outputs"]:
        assert set(dataset) <= {"namespace", "name", "facets", "outputFacets"}
        check_facets(dataset.get("outputFacets", {}), base.OutputDatasetFacet)


def check_facets(facets: dict[str, Any], kind: type) -> None:
    for facet in facets.values():
        cls = CLASSES[facet["_schemaURL"]]
        assert issubclass(cls, kind), facet["_schemaURL"]
        assert facet["_producer"].startswith("https://")
        build(cls, {key: value for key, value in facet.items() if key not in {"_producer", "_schemaURL"}})


def build(cls: Any, content: Any) -> Any:
    """An instance of a generated class, its nested ones included; TypeError for a field that it does not have."""
    hints = get_type_hints(cls, vars(typing) | vars(base) | vars(sys.modules[cls.__module__]))
    return cls(**{key: _value(hints.get(key), value) for key, value in content.items()})


def _value(hint: Any, value: Any) -> Any:
    inner = [each for each in get_args(hint) if each is not type(None)]
    if attr.has(hint) if isinstance(hint, type) else False:
        return build(hint, value)
    if get_origin(hint) is list:
        return [_value(inner[0], each) for each in value]
    if get_origin(hint) is dict:
        return {key: _value(inner[1], each) for key, each in value.items()}
    if len(inner) > 1 and isinstance(value, dict) and "type" in value:
        names = {"DATASET": "Dataset", "JOB": "Job"}
        return build(next(each for each in inner if names[value["type"]] in each.__name__), value)
    if inner and hint is not None:
        return _value(inner[0], value)
    if isinstance(hint, type) and not isinstance(value, hint):
        raise TypeError(f"{value!r} is not a {hint.__name__}")
    return value


def _classes() -> dict[str, type]:
    modules = [module for name in dir(facet_v2) if hasattr(module := getattr(facet_v2, name), "__name__")]
    found: dict[str, type] = {}
    for module in [*modules, lineage]:
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, base.BaseFacet) and "_get_schema" in vars(each):
                found[each._get_schema()] = each
    return found


CLASSES = _classes()
