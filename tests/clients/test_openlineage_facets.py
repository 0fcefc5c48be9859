"""What the classes of facet_v2 say, the portal understands: explicit lineage, tags, columns, static events."""

from typing import Any

import pytest
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import (
    Dataset,
    DatasetEvent,
    InputDataset,
    Job,
    JobEvent,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
)
from openlineage.client.facet_v2 import (
    column_lineage_dataset as columns,
)
from openlineage.client.facet_v2 import (
    dataset_version_dataset,
    environment_variables_run,
    error_message_run,
    execution_parameters_run,
    input_statistics_input_dataset,
    job_type_job,
    nominal_time_run,
    parent_run,
    processing_engine_run,
    source_code_location_job,
    symlinks_dataset,
    tags_dataset,
    tags_job,
    tags_run,
)
from openlineage.client.generated import lineage

from lineage_app.domain.merging import current
from lineage_app.domain.metadata import run_metadata
from lineage_app.models import ColumnEdge, Edge, RawEvent, RunIO
from lineage_app.models import Dataset as Seen
from lineage_app.models import Job as SeenJob
from lineage_app.models import Run as SeenRun
from lineage_app.services import project_all

AT, PRODUCER = "2026-03-01T10:00:00.000000Z", "https://pipelines.example/shop"
RUN = "0199a3c2-7d5e-7000-8000-000000000001"
ABOVE = "0199a3c2-7d5e-7000-8000-000000000002"


@pytest.fixture
def sender(server: str, token: str) -> OpenLineageClient:
    auth = {"type": "api_key", "apiKey": token}
    return OpenLineageClient(config={"transport": {"type": "http", "url": server, "auth": auth}})


def completed(inputs: list[Any], outputs: list[Any], job: dict[str, Any] | None = None, **run: Any) -> RunEvent:
    return RunEvent(
        eventType=RunState.COMPLETE,
        eventTime=AT,
        run=Run(RUN, run),
        job=Job("s", "load", job or {}),
        producer=PRODUCER,
        inputs=inputs,
        outputs=outputs,
    )


def edges() -> set[tuple[str, str, str]]:
    project_all()
    assert set(RawEvent.objects.values_list("lenient", flat=True)) == {""}
    return {(e.src.name, e.dst.name, e.state) for e in Edge.objects.select_related("src", "dst")}


def test_a_job_event_and_a_dataset_event_declare_until_a_run_confirms(sender):
    sender.emit(
        JobEvent(
            eventTime=AT,
            producer=PRODUCER,
            job=Job("s", "load"),
            inputs=[InputDataset("s", "a")],
            outputs=[OutputDataset("s", "b")],
        )
    )
    facet = lineage.LineageDatasetFacet([lineage.LineageDatasetInput("s", "c", "DATASET")])
    sender.emit(DatasetEvent(eventTime=AT, producer=PRODUCER, dataset=Dataset("s", "d", facets={"lineage": facet})))
    assert edges() == {("a", "b", "declared"), ("c", "d", "declared")}
    sender.emit(completed([InputDataset("s", "a")], [OutputDataset("s", "b")]))
    assert ("a", "b", "seen") in edges()


def test_explicit_lineage_of_a_job_replaces_the_product_of_inputs_and_outputs(sender):
    def fed(target: str, source: str) -> lineage.LineageDatasetEntry:
        how = [lineage.LineageTransformation("DIRECT", "TRANSFORMATION", masking=True)]
        field = lineage.LineageFieldEntry([lineage.LineageDatasetInput("s", source, "DATASET", "mail", how)])
        whole = [lineage.LineageDatasetInput("s", source, "DATASET")]
        return lineage.LineageDatasetEntry("s", target, "DATASET", whole, {"who": field})

    facet = lineage.LineageJobFacet([fed("c", "a"), fed("d", "b")])
    sender.emit(
        completed(
            [InputDataset("s", "a"), InputDataset("s", "b")],
            [OutputDataset("s", "c"), OutputDataset("s", "d")],
            {"lineage": facet},
        )
    )
    assert edges() == {("a", "c", "seen"), ("b", "d", "seen")}
    links = {(c.src.name, c.src_field, c.dst.name, c.dst_field, c.masking) for c in ColumnEdge.objects.all()}
    assert links == {("a", "mail", "c", "who", True), ("b", "mail", "d", "who", True)}


def test_column_lineage_1_2_0_keeps_kind_masking_and_what_influences_every_row(sender):
    hashed = columns.Transformation("DIRECT", "TRANSFORMATION", "sha256", masking=True)
    joined = columns.Transformation("INDIRECT", "JOIN")
    facet = columns.ColumnLineageDatasetFacet(
        {"who": columns.Fields([columns.InputField("s", "a", "mail", [hashed])])},
        [columns.InputField("s", "a", "id", [joined])],
    )
    sender.emit(completed([InputDataset("s", "a")], [OutputDataset("s", "b", facets={"columnLineage": facet})]))
    assert edges() == {("a", "b", "seen")}
    found = {(c.src_field, c.dst_field, c.type, c.subtype, c.masking) for c in ColumnEdge.objects.all()}
    assert found == {("mail", "who", "DIRECT", "TRANSFORMATION", True), ("id", "", "INDIRECT", "JOIN", False)}


def test_tags_versions_and_symlinks_reach_the_node_and_the_run(sender):
    tags = tags_dataset.TagsDatasetFacet(
        [
            tags_dataset.TagsDatasetFacetFields("layer", "feature"),
            tags_dataset.TagsDatasetFacetFields("pii", "email", "USER", "mail"),
        ]
    )
    alias = symlinks_dataset.SymlinksDatasetFacet([symlinks_dataset.Identifier("hive://h", "lake.b", "TABLE")])
    version = dataset_version_dataset.DatasetVersionDatasetFacet("v7")
    counted = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(rowCount=9)
    sender.emit(
        completed(
            [InputDataset("s", "a", facets={"version": version}, inputFacets={"inputStatistics": counted})],
            [OutputDataset("s", "b", facets={"tags": tags, "symlinks": alias})],
        )
    )
    assert edges() == {("a", "lake.b", "seen")}
    node = Seen.objects.get(namespace="s", name="b")
    assert node.root.name == "lake.b"  # two names, one node
    assert node.layer == "feature"
    assert current(node.facets)["tags"]["tags"][1]["field"] == "mail"
    read = RunIO.objects.get(role="input")
    assert (read.version, read.facets["inputStatistics"]["rowCount"]) == ("v7", 9)


def test_what_a_run_says_of_itself_is_on_its_page(sender):
    above = parent_run.ParentRunFacet(
        parent_run.Run(ABOVE),
        parent_run.Job("s", "nightly"),
        parent_run.Root(parent_run.RootRun(ABOVE), parent_run.RootJob("s", "nightly")),
    )
    sender.emit(
        completed(
            [InputDataset("s", "a")],
            [],
            {
                "jobType": job_type_job.JobTypeJobFacet("BATCH", "SPARK", "JOB"),
                "tags": tags_job.TagsJobFacet([tags_job.TagsJobFacetFields("team", "shop")]),
                "sourceCodeLocation": source_code_location_job.SourceCodeLocationJobFacet(
                    "git", "https://git.example/p/x.py", "https://git.example/p", "x.py", "4f2a", branch="main"
                ),
            },
            parent=above,
            nominalTime=nominal_time_run.NominalTimeRunFacet("2026-03-01T00:00:00Z"),
            processing_engine=processing_engine_run.ProcessingEngineRunFacet("3.5.1", "spark", "1.54.0"),
            tags=tags_run.TagsRunFacet([tags_run.TagsRunFacetFields("image", "shop:1")]),
            environmentVariables=environment_variables_run.EnvironmentVariablesRunFacet(
                [environment_variables_run.EnvironmentVariable("REGION", "eu")]
            ),
            executionParameters=execution_parameters_run.ExecutionParametersRunFacet(
                [execution_parameters_run.ExecutionParameter("day", "day", None, "1")]
            ),
            errorMessage=error_message_run.ErrorMessageRunFacet("late", "PYTHON"),
        )
    )
    assert edges() == set()
    run = SeenRun.objects.get(run_id=RUN)
    said = dict(run_metadata(run.facets, run.job_facets))
    assert (
        said
        | {
            "Revision": "4f2a",
            "Repository": "https://git.example/p",
            "Branch or tag": "main",
            "Path": "x.py",
            "Image": "shop:1",
            "Parameters": "day=1",
            "Engine": "spark 3.5.1",
            "Kind of job": "BATCH SPARK JOB",
            "Error": "late",
        }
        == said
    )
    assert SeenJob.objects.get(name="load").parent.name == "nightly"
