"""A contract leaves the portal: downloads, the stored PDF, and the API for programs."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from contracts_app import selectors, services
from contracts_app.domain.document import load
from contracts_app.formats.registry import exports
from contracts_app.models import StoredExport
from portal.core.clock.services import now
from portal.core.evidence.selectors import read_artifact
from portal.core.making.leases import waiting
from tests.contracts_app import life

DATA = Path(__file__).resolve().parents[1] / "conformance" / "formats"
AT_ONCE = [key for key, each in exports().items() if not each.stored]
BREAKING = life.CONSUMED
for was, becomes in (
    (b"version: 1.2.0", b"version: 2.0.0"),
    (b"retention_days: 365", b"retention_days: 730"),
    (b'{target: 15, alert: "> 20"}', b'{target: 30, alert: "> 40"}'),
):
    BREAKING = BREAKING.replace(was, becomes)


@pytest.fixture
def version(world):
    life.register_names(world)
    return life.signed(world)


def url(version, key):
    return reverse("contracts:export", args=[version.pk, key])


def folded(text):
    """Text without any white space: a PDF breaks lines where it likes."""
    return "".join(str(text).split())


def read_pdf(data, tmp_path):
    path = tmp_path / "contract.pdf"
    path.write_bytes(data)
    shown = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True).stdout
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(path)], check=True, capture_output=True)
    return shown


@pytest.mark.parametrize("key", AT_ONCE)
def test_a_download_has_its_type_its_name_and_a_tag(world, version, key):
    client = world.client("aud")
    answer = client.get(url(version, key))
    chosen = exports()[key]
    assert answer.status_code == 200
    assert answer["Content-Type"] == chosen.media_type
    assert answer["Content-Disposition"] == f'attachment; filename="customer_events_v1-1.2.0{chosen.suffix}"'
    assert client.get(url(version, key), headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_the_yaml_is_the_bytes_that_were_signed(world, version):
    assert world.client("cleo").get(url(version, "custody_yaml")).content == bytes(version.authored)


def test_the_odcs_download_says_the_state_and_imports_to_the_signed_hash(world, version):
    content = world.client("cleo").get(url(version, "odcs")).content
    assert b"status: proposed" in content  # ODCS knows no word for scheduled
    sent = world.client().post(
        "/api/v1/contracts/import/odcs", content, "application/yaml",
        headers={"Authorization": f"Bearer {world.token('contracts:read')}"},
    )  # fmt: skip
    assert sent.json()["digest"] == version.digest


def test_options_are_checked_and_chosen(world, version):
    client = world.client("cleo")
    assert b"VARCHAR" in client.get(url(version, "sql_ddl"), {"dialect": "duckdb"}).content
    assert b"apiVersion: v3.0.2" in client.get(url(version, "odcs"), {"api": "v3.0.2"}).content
    refused = client.get(url(version, "sql_ddl"), {"dialect": "oracle"}, follow=True)
    assert "must be one of" in refused.text
    assert client.get(url(version, "docx")).status_code == 404


def test_the_tab_names_every_format_with_its_size_and_says_why_one_is_not_possible(world, version):
    page = world.client("cleo").get(reverse("contracts:page", args=[version.contract_id]), {"tab": "exports"})
    for each in exports().values():
        assert each.label in page.text
    broken = services.import_yaml(user=world.bob, content=b"name: broken\nversion: 1.0.0\n")
    page = world.client("bob").get(reverse("contracts:page", args=[broken.contract_id]), {"tab": "exports"})
    assert "Not possible" in page.text
    assert "has errors" in page.text


def test_a_pdf_is_never_made_in_a_request_but_asked_for_and_stored_once(world, version):
    client = world.client("cleo")
    early = client.get(url(version, "pdf"), follow=True)
    assert "is not made yet" in early.text
    for _ in range(2):
        asked = client.post(reverse("contracts:export-make", args=[version.pk, "pdf"]), follow=True)
        assert "Being made" in asked.text
    row = StoredExport.objects.get()
    assert (row.state, row.artifact) == ("queued", "")
    assert waiting(StoredExport) == [row.pk]
    made = services.make_export(row.pk)
    assert made.state == "ready"
    assert services.make_export(row.pk) is None
    answer = client.get(url(version, "pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content == read_artifact(made.artifact)
    assert services.ask_for_export(user=world.cleo, version=version, format_key="pdf") == row


def test_the_pdf_shows_the_full_text_the_change_report_and_each_signature_with_its_strength(world, tmp_path):
    life.register_names(world)
    first = life.signed(world)
    type(first).objects.filter(pk=first.pk).update(state="active", activated_at=now())
    version = life.propose(world, BREAKING)
    life.sign(world, "ana", version)
    version = life.again(version)
    facts = selectors.facts_of(version)
    row = services.ask_for_export(version=version, format_key="pdf")
    shown = folded(read_pdf(read_artifact(services.make_export(row.pk).artifact), tmp_path))

    for key in ("contract", "version", "canonical_hash", "state"):
        assert folded(facts[key]) in shown
    assert len(facts["signatures"]) == 1
    for signature in facts["signatures"]:
        for value in signature.values():
            assert folded(value) in shown
    assert len(facts["report"]["changes"]) >= 2
    for change in facts["report"]["changes"]:
        assert folded(change["path"]) in shown
        assert folded(change["message"]) in shown
    for line in facts["text"].splitlines():
        assert folded(line) in shown
    assert folded("Still to sign: accountable") in shown
    assert folded(world.ana.name) not in shown
    assert world.ana.email not in shown

    attached = json.loads((tmp_path / "customer_events_v1-2.0.0.json").read_text())
    assert attached == json.loads(json.dumps(facts))
    authored = (tmp_path / "customer_events_v1-2.0.0.yaml").read_bytes()
    assert load(authored).digest == facts["canonical_hash"]


def test_a_new_signature_makes_a_new_pdf_and_the_old_wish_ends_in_words(world):
    life.register_names(world)
    version = life.propose(world)
    old = services.ask_for_export(version=version, format_key="pdf")
    life.sign(world, "ana", version)
    version = life.again(version)
    assert selectors.stored_export(version, "pdf") is None
    assert "has changed" in services.make_export(old.pk).problem
    assert services.ask_for_export(version=version, format_key="pdf") != old


def test_a_worker_that_dies_is_followed_by_another_and_after_three_the_page_says_so(world, version, clock):
    row = services.ask_for_export(version=version, format_key="pdf")
    for _ in range(3):
        StoredExport.objects.filter(pk=row.pk).update(leased_until=now() + timedelta(minutes=2), attempts=3)
        assert services.make_export(row.pk) is None
        clock.move(minutes=3)
    assert waiting(StoredExport) == [row.pk]
    assert services.make_export(row.pk).state == "failed"
    page = world.client("cleo").get(reverse("contracts:page", args=[version.contract_id]), {"tab": "exports"})
    assert "three attempts" in page.text
    assert services.ask_for_export(version=version, format_key="pdf").state == "queued"


def test_programs_take_the_version_in_force_and_wait_for_the_pdf(world, version):
    client, headers = world.client(), {"Authorization": f"Bearer {world.token('contracts:read')}"}
    base = "/api/v1/contracts/customer_events_v1/export/"
    assert client.get(f"{base}odcs", headers=headers).status_code == 404
    type(version).objects.filter(pk=version.pk).update(state="active")
    sql = client.get(f"{base}sql_ddl?dialect=duckdb", headers=headers)
    assert (sql.status_code, sql["Content-Type"]) == (200, "application/sql")
    assert client.get(f"{base}sql_ddl?dialect=x", headers=headers).status_code == 422
    assert client.get(f"{base}docx", headers=headers).status_code == 404
    waiting = client.get(f"{base}pdf", headers=headers)
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "5")
    services.make_export(StoredExport.objects.get().pk)
    assert client.get(f"{base}pdf", headers=headers).content.startswith(b"%PDF")


@pytest.mark.parametrize("path", sorted(DATA.iterdir()), ids=lambda path: path.name)
def test_programs_convert_what_is_a_file_and_nothing_is_saved(world, path):
    headers = {"Authorization": f"Bearer {world.token('contracts:read')}"}
    answer = world.client().post(
        f"/api/v1/contracts/import/{path.stem}", path.read_bytes(), "application/octet-stream", headers=headers
    )
    if path.stem in ("live_table", "lineage_dataset"):
        assert answer.status_code == 404
        assert "rights of a person" in answer.json()["detail"]
        return
    said = answer.json()
    assert load(said["yaml"]).digest == said["digest"]
    assert not selectors.contracts_for(world.ada).exists()


def test_a_body_that_is_too_large_or_unreadable_is_refused_by_a_sentence(world):
    client, headers = world.client(), {"Authorization": f"Bearer {world.token('contracts:read')}"}
    large = client.post("/api/v1/contracts/import/odcs", b"x" * (1024 * 1024 + 1), "text/plain", headers=headers)
    assert large.status_code == 413
    wrong = client.post("/api/v1/contracts/import/odcs", b"a: [", "text/plain", headers=headers)
    assert (wrong.status_code, wrong.json()["detail"][:5]) == (422, "Line ")
    assert client.post("/api/v1/contracts/import/docx", b"a", "text/plain", headers=headers).status_code == 404
