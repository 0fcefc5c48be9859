"""Every published version of every facet is accepted without a mark, kept verbatim, and read by whoever reads it."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from lineage_app.domain.merging import current
from lineage_app.models import ColumnEdge, Dataset, DatasetLife, Edge, Job, RawEvent, Run, RunIO
from lineage_app.selectors import columns_sent
from lineage_app.services import project_all
from tests.conformance.openlineage.examples import Example, event, examples, place
from tests.conformance.openlineage.published import FACETS
from tests.lineage_app.sending import post


@pytest.fixture
def token(world: Any) -> str:
    return world.token("lineage:write", namespaces=("conf*",))


def clean() -> Dataset:
    return Dataset.objects.get(name="clean")


def test_there_is_an_example_of_each_published_version_and_of_no_other() -> None:
    found: dict[str, list[str]] = {}
    for one in examples():
        found.setdefault(one.name, []).append(one.version)
    assert {name: sorted(versions) for name, versions in found.items()} == {
        name: sorted(versions.split()) for name, versions in FACETS.items()
    }
    assert len(examples()) == 96


@pytest.mark.parametrize("example", examples(), ids=lambda one: f"{one.name} {one.version}")
def test_a_facet_is_accepted_unmarked_kept_verbatim_and_read(world: Any, token: str, example: Example) -> None:
    body = json.dumps(event(example), indent=1).encode()
    answer = post(token, body)
    assert (answer.status_code, answer.content) == (201, b"")
    raw = RawEvent.objects.get()
    assert (raw.body, raw.lenient, raw.is_foreign) == (body.decode(), "", False)
    project_all()
    assert kept(example) == example.facet
    READERS.get((example.on, example.key), lambda _: None)(example)
    for page, text in SHOWN.get((example.on, example.key), ()):
        assert text in shown(world, page), f"{text} is not on the page of the {page}"


def kept(example: Example) -> Any:
    """The facet as the graph has it."""
    if example.on == "run":
        return Run.objects.get().facets.get(example.key)
    if example.on == "job":
        return current(Job.objects.get(name="load").facets).get(example.key)
    if example.on == "dataset":
        return current(clean().facets).get(example.key)
    return RunIO.objects.get(role=example.on).facets.get(example.key)


def shown(world: Any, page: str) -> str:
    """The text of a page without its folded raw facets."""
    url = {
        "run": lambda: Run.objects.get().get_absolute_url(),
        "job": lambda: Job.objects.get(name="load").get_absolute_url(),
        "dataset": lambda: clean().get_absolute_url(),
        "columns": lambda: reverse("lineage:columns", args=[clean().pk]),
    }[page]()
    text = world.client("cleo").get(url).content.decode()
    text = re.sub(r"<details>\s*<summary>Raw facets.*?</details>", "", text, flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def _columns(example: Example) -> None:
    links = {(e.src_field, e.dst_field, e.type, e.subtype, e.masking) for e in ColumnEdge.objects.all()}
    wanted = {
        "1-0-0": {("email", "mail", "DIRECT", "IDENTITY", False)},
        "1-0-1": {("email", "mail", "DIRECT", "IDENTITY", False)},
        "1-0-2": {("email", "mail", "DIRECT", "MASKED", True)},
        "1-1-0": {("email", "mail", "DIRECT", "TRANSFORMATION", False)},
        "1-2-0": {("email", "mail", "DIRECT", "TRANSFORMATION", False), ("day", "", "INDIRECT", "FILTER", True)},
    }
    assert links == wanted[example.version]


def _schema(example: Example) -> None:
    assert columns_sent(clean()) == example.body["fields"]


def _version(_: Example) -> None:
    assert RunIO.objects.get(role="output").version == "snapshot-77"


def _type(_: Example) -> None:
    assert clean().kind == "stream"


def _layer(_: Example) -> None:
    assert clean().layer == "feature"


def _parent(_: Example) -> None:
    assert str(Job.objects.get(name="load").parent) == "nightly"
    assert str(Run.objects.get().parent_run).endswith("9")


def _symlinks(_: Example) -> None:
    names = {clean(), Dataset.objects.get(name="shop.clean")}
    assert len({row.root_pk for row in names}) == 1


def _life(example: Example) -> None:
    states = set(DatasetLife.objects.filter(dataset__name="clean").values_list("state", flat=True))
    assert states == ({"dropped"} if example.version == "1-0-0" else {"renamed"})


def _explicit(_: Example) -> None:
    assert [(str(edge.src.name), edge.dst.name) for edge in Edge.objects.all()] == [("customers", "clean")]
    assert ("email", "mail") in set(ColumnEdge.objects.values_list("src_field", "dst_field"))


def _snapshot(example: Example) -> None:
    assert Run.objects.get().job_facets["jobType"] == example.facet


READERS: dict[tuple[str, str], Callable[[Example], None]] = {
    ("dataset", "columnLineage"): _columns,
    ("dataset", "schema"): _schema,
    ("dataset", "version"): _version,
    ("dataset", "datasetType"): _type,
    ("dataset", "tags"): _layer,
    ("dataset", "symlinks"): _symlinks,
    ("dataset", "lifecycleStateChange"): _life,
    ("dataset", "lineage"): _explicit,
    ("job", "lineage"): _explicit,
    ("job", "jobType"): _snapshot,
    ("run", "parent"): _parent,
}
SHOWN: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("dataset", "columnLineage"): (("columns", "email"),),
    ("dataset", "version"): (("run", "snapshot-77"),),
    ("input", "inputStatistics"): (("run", "4321"),),
    ("output", "outputStatistics"): (("run", "4321"), ("run", "98765")),
    ("input", "dataQualityMetrics"): (("run", "4321"),),
    ("job", "sourceCodeLocation"): (("job", "4f2a9c1"), ("run", "4f2a9c1")),
    ("job", "jobType"): (("job", "BATCH SPARK QUERY"),),
    ("job", "tags"): (("run", "registry.example/loader:7"),),
    ("job", "documentation"): (("job", "Every order of the shop"),),
    ("job", "ownership"): (("job", "team:data-platform"),),
    ("job", "sql"): (("job", "INSERT INTO clean"),),
    ("run", "tags"): (("run", "registry.example/loader:7"),),
    ("run", "environmentVariables"): (("run", "registry.example/loader:7"),),
    ("run", "executionParameters"): (("run", "Task timeout"), ("run", "3600"), ("run", "2026-03-01")),
    ("run", "errorMessage"): (("run", "relation orders does not exist"),),
    ("run", "nominalTime"): (("run", "2026-03-01T00:00:00Z"),),
    ("run", "processing_engine"): (("run", "spark 3.5.1"),),
    ("run", "parent"): (("job", "nightly"),),
}


def test_what_is_said_to_be_read_exists() -> None:
    places = {(one.on, one.key) for one in examples()}
    assert set(READERS) | set(SHOWN) <= places


def test_a_complete_snapshot_replaces_what_the_run_said_before(token: str) -> None:
    example = next(one for one in examples() if one.key == "jobType" and "emissionPattern" in one.body)
    first = event(example, eventTime="2026-03-01T10:00:00Z", eventType="RUNNING")
    first["inputs"].append({"namespace": "conf", "name": "gone"})
    assert post(token, first).status_code == post(token, event(example)).status_code == 201
    project_all()
    assert {edge.src.name for edge in Edge.objects.filter(state="seen")} == {"orders"}


@pytest.mark.parametrize("on", ["run", "job", "dataset", "input", "output"])
@pytest.mark.parametrize(
    "facet",
    [
        {"_producer": "https://a.example", "_schemaURL": "http://127.0.0.1:1/x", "deep": {"a": [1, {"b": None}]}},
        {"text": "\u2603 <b>&amp;</b> \u0001", "large": 2**70, "small": -0.1e-9},
        ["not", "an", "object"],
        "text",
        None,
    ],
    ids=["open", "odd values", "list", "text", "null"],
)  # fmt: skip
def test_an_unknown_facet_is_kept_verbatim_wherever_it_is(token: str, on: str, facet: Any) -> None:
    example = Example("OurOwnFacet", "9-9-9", on, "our_own", {})
    sent = event(example)
    place(sent, on)["our_own"] = facet
    body = json.dumps(sent)
    assert post(token, body.encode()).status_code == 201
    assert RawEvent.objects.get().body == body
    assert RawEvent.objects.get().lenient == ""
    project_all()
    assert kept(example) == facet
