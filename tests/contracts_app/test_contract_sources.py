"""Drafts out of what is there already: a live table, a Parquet file, a dataset that lineage has seen."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracts_app import selectors
from contracts_app.domain.document import load
from contracts_app.domain.formats.notes import FormatError
from contracts_app.formats.registry import import_named
from contracts_app.models import Version
from lineage_app.models import Dataset
from lineage_app.services import project_all
from portal.core.catalog.models import Placement, TeamAddress

DATA = Path(__file__).resolve().parents[1] / "conformance" / "formats"
PARQUET = (DATA / "parquet_file.parquet").read_bytes()
EVENT = json.loads((DATA / "lineage_dataset.json").read_text())


@pytest.fixture
def sign_ups(table, lies):
    """The table of the conformance data, one column of which its probe may not read."""
    table.execute(f"CREATE SCHEMA {table.name}")
    table.execute((DATA / "live_table.sql").read_text().replace("{schema}", table.name))
    columns = '"id", "e mail", plan, at, price, tags, raw, a, b'
    table.execute(f"GRANT USAGE ON SCHEMA {table.name} TO {table.role}")
    table.execute(f"GRANT SELECT ({columns}) ON {table.name}.sign_ups TO {table.role}")
    table.object_name = f"{table.name}.sign_ups"
    lies(table, name="shop.app.sign_ups")
    yield Placement.objects.get()
    table.execute(f"DROP SCHEMA {table.name} CASCADE")


@pytest.fixture
def profile(world):
    """A dataset that lineage has seen through the public endpoint."""
    token = world.token("lineage:write")
    world.client().post("/api/v1/lineage", EVENT, "application/json", headers={"Authorization": f"Bearer {token}"})
    project_all()
    return Dataset.objects.get(name=EVENT["dataset"]["name"])


def texts(imported):
    return [note.text for note in imported.notes]


def test_a_live_table_gives_columns_types_keys_labels_and_comments(world, sign_ups):
    TeamAddress.objects.create(team=world.platform, kind="email", text="platform@example.org")
    imported = import_named("live_table").read(sign_ups)
    document = load(imported.text).document
    assert (document.name, document.owner, document.description) == (
        "sign_ups", "platform@example.org", "Who signed up; it's one row a person",
    )  # fmt: skip
    assert (document.asset.namespace, document.asset.name) == ("tests", "shop.app.sign_ups")
    found = {spec.name: (spec.type, spec.required, spec.unique) for spec in document.fields}
    assert found == {
        "id": ("uuid", True, True), "e mail": ("string", True, True), "plan": ("enum", True, False),
        "at": ("timestamp", True, False), "price": ("decimal", False, False), "tags": ("array", False, False),
        "raw": ("json", False, False), "a": ("integer", False, False), "b": ("integer", False, False),
    }  # fmt: skip
    plan = document.field_named("plan")
    assert (plan.allowed, plan.description) == (("free", "paid"), "What they pay for")


def test_what_the_table_says_more_is_named_and_a_hidden_column_is_only_counted(sign_ups):
    imported = import_named("live_table").read(sign_ups)
    said = " ".join(texts(imported))
    assert "CHECK ((price >= (0)::numeric))" in said
    assert "UNIQUE (a, b)" in said
    assert "1 column is hidden from the role that probes" in said
    assert "secret_note" not in said + imported.text


def test_a_folder_of_parquet_files_gives_its_columns(folder, lies):
    folder.write(pa.table({"id": pa.array([1], pa.int64()), "at": pa.array([0], pa.timestamp("us", tz="UTC"))}))
    lies(folder)
    document = load(import_named("live_table").read(Placement.objects.get()).text).document
    assert {spec.name: spec.type for spec in document.fields} == {"id": "bigint", "at": "timestamp"}


def test_a_table_that_is_gone_is_refused_by_a_sentence(sign_ups):
    sign_ups.object_name = "public.nowhere"
    with pytest.raises(FormatError, match="There is no table"):
        import_named("live_table").read(sign_ups)


def test_only_tables_of_ones_own_team_are_offered_and_others_do_not_exist(world, sign_ups):
    assert selectors.placements_to_import(world.bob) == [sign_ups]
    assert selectors.placements_to_import(world.otto) == []
    answer = world.client("otto").post(
        reverse("contracts:import"), {"from": "table", "placement": str(sign_ups.pk), "action": "check"}
    )
    assert answer.status_code == 404
    assert "sign_ups" not in answer.text


def test_a_table_is_looked_at_before_it_is_saved_as_a_draft(world, sign_ups):
    client = world.client("bob")
    page = client.get(reverse("contracts:import"), {"from": "table"})
    assert sign_ups.object_name in page.text
    preview = client.post(
        reverse("contracts:import"), {"from": "table", "placement": str(sign_ups.pk), "action": "check"}
    )
    assert preview.status_code == 200
    assert "Not carried over" in preview.text
    assert not Version.objects.exists()
    text = preview.context["preview"].text
    saved = client.post(reverse("contracts:import"), {"text": text.replace("\n", "\r\n"), "action": "save"})
    version = Version.objects.get()
    assert saved.url == reverse("contracts:edit", args=[version.contract_id])
    assert bytes(version.authored).decode() == text


def test_a_parquet_file_gives_the_schema_of_its_footer(world):
    answer = world.client("bob").post(
        reverse("contracts:import"), {"file": SimpleUploadedFile("any.bin", PARQUET), "action": "check"}
    )
    document = load(answer.context["preview"].text).document
    found = {spec.name: (spec.type, spec.required) for spec in document.fields}
    assert found == {
        "id": ("bigint", True), "kind": ("string", False), "at": ("timestamp", True), "price": ("decimal", False),
        "address": ("object", False), "tags": ("array", False), "raw": ("bytes", False), "ratio": ("float", False),
        "day": ("date", False), "m": ("map", False),
    }  # fmt: skip
    assert [(spec.name, spec.required) for spec in document.field_named("address").fields] == [
        ("city", True), ("zip", False),
    ]  # fmt: skip


def wide(count):
    out = BytesIO()
    pq.write_table(pa.table({f"c{number}": pa.array([], pa.int8()) for number in range(count)}), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PAR1" + b"\xff" * 100 + b"PAR1", "cannot be read"),
        (b"PAR1 and no end", "begin and end"),
        (PARQUET[:-8] + b"\xff\xff\xff\x7fPAR1", "cannot be read"),
        (PARQUET[:-200] + b"\0" * 192 + PARQUET[-8:], "cannot be read"),
        (wide(5001), "5,001 columns"),
    ],
    ids=["noise", "magic alone", "endless footer", "torn footer", "too wide"],
)
def test_a_hostile_parquet_file_is_refused_by_a_sentence(content, said):
    with pytest.raises(FormatError, match=said):
        import_named("parquet_file").read(content)


def test_a_dataset_seen_in_lineage_gives_the_columns_that_its_writer_sent(world, profile):
    client = world.client("bob")
    assert profile.name in client.get(reverse("contracts:import"), {"from": "dataset", "q": "profile"}).text
    assert profile.name not in client.get(reverse("contracts:import"), {"from": "dataset", "q": "zzz"}).text
    answer = client.post(
        reverse("contracts:import"), {"from": "dataset", "dataset": str(profile.pk), "action": "check"}
    )
    document = load(answer.context["preview"].text).document
    assert (document.name, document.asset.namespace, document.asset.name) == (
        "customer_profile", "file", "lake/features/customer profile",
    )  # fmt: skip
    assert {spec.name: spec.type for spec in document.fields} == {
        "customer_id": "string", "score": "double", "at": "timestamp", "address": "object",
    }  # fmt: skip


def test_a_dataset_without_columns_does_not_exist_for_the_import(world, profile):
    profile.facets = {}
    profile.save()
    answer = world.client("bob").post(
        reverse("contracts:import"), {"from": "dataset", "dataset": str(profile.pk), "action": "check"}
    )
    assert answer.status_code == 404


def test_odcs_is_known_by_itself_previewed_with_its_findings_and_saved(world):
    odcs = (DATA / "odcs.yaml").read_bytes()
    client = world.client("bob")
    preview = client.post(reverse("contracts:import"), {"file": SimpleUploadedFile("c.txt", odcs), "action": "check"})
    assert "Read as: ODCS document" in preview.text
    assert "quality check" in preview.text
    client.post(reverse("contracts:import"), {"text": preview.context["preview"].text, "action": "save"})
    assert Version.objects.get().contract.name == "clickstream"


def test_the_bytes_of_a_windows_file_are_kept_unless_somebody_edits_the_draft(world):
    content = (DATA / "custody_yaml.yaml").read_bytes().replace(b"\n", b"\r\n")
    client = world.client("bob")
    preview = client.post(
        reverse("contracts:import"), {"file": SimpleUploadedFile("c.yaml", content), "action": "check"}
    )
    shown = preview.context["preview"]
    client.post(reverse("contracts:import"), {"text": content.decode(), "exact": shown.exact, "action": "save"})
    assert bytes(Version.objects.get().authored) == content


@pytest.mark.parametrize(
    "posted",
    [
        {"action": "check"},
        {"action": "check", "text": "x", "format": "docx"},
        {"action": "check", "text": "x", "format": "live_table"},
        {"action": "check", "from": "table"},
        {"action": "check", "from": "dataset", "dataset": "9" * 30},
        {"action": "save", "text": ""},
        {"action": "check", "text": "apiVersion: v9\nkind: DataContract\n"},
    ],
    ids=str,
)
def test_nonsense_is_answered_by_a_sentence(world, posted):
    answer = world.client("bob").post(reverse("contracts:import"), posted)
    assert answer.status_code == 422
    assert "Nothing was imported" in answer.text
