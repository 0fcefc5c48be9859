"""Findings: retention, residency and encryption of a contract in force, held against real systems and lineage."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from lineage_app.services import project_all
from portal.core.catalog.models import Asset, DataSystem, Placement
from portal.core.catalog.worklist import waiting_for
from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from slo_app.models import Finding
from slo_app.services.findings import FindingError, attest, look_at, look_at_due
from tests.lineage_app.sending import event as run_event
from tests.lineage_app.sending import post
from tests.slo_app.estate import activate, asset_on

pytestmark = pytest.mark.django_db
CONTRACT = """
name: events
version: 1.0.0
owner: Data Platform
asset: {namespace: tests, name: events, kind: table}
classification: pii-low
residency: eu-only
retention_days: 30
encryption: at_rest+in_transit
schema:
  id: {type: integer, required: true}
  event_ts: {type: timestamp, required: true}
"""
DAY = 24 * 60


@pytest.fixture
def asset(planted, event, world, monkeypatch):
    """Three events in a system in eu-west, under the contract."""
    planted.fill(event(1, 5), event(2, 20 * DAY), event(3, 29 * DAY))
    made = asset_on(planted, world, monkeypatch)
    DataSystem.objects.update(region="eu-west-1")
    activate(made, world.ana, text=CONTRACT)
    made.planted = planted
    return made


def found(asset, kind):
    look_at(asset)
    return Finding.objects.get(asset=asset, kind=kind)


def words(finding):
    return " ".join(fact["words"] for fact in finding.facts)


def attested(world, on=None):
    return attest(user=world.ada, system=DataSystem.objects.get(), on=on or now().date(), how="LUKS", key=uuid.uuid4())


def test_the_oldest_row_within_the_limit_is_kept_and_past_it_broken(asset, event):
    kept = found(asset, "retention")
    assert (kept.outcome, kept.broken_since) == ("kept", None)
    assert "The oldest row is 29.1 days old; ≤ 30 are allowed." in words(kept)
    asset.planted.fill(event(1, 5), event(2, 31 * DAY))
    broken = found(asset, "retention")
    assert broken.outcome == "broken"
    assert broken.promised == "at most 30 days"


def test_rows_without_a_time_cannot_be_shown_to_be_kept_and_an_empty_dataset_keeps_nothing_too_long(asset, event):
    asset.planted.fill(event(1, None))
    assert found(asset, "retention").outcome == "broken"
    asset.planted.fill()
    assert found(asset, "retention").outcome == "kept"


def test_a_source_that_does_not_answer_is_unknown_and_does_not_end_a_finding(asset, event):
    asset.planted.fill(event(1, 40 * DAY))
    since = found(asset, "retention").broken_since
    Placement.objects.update(object_name="nowhere")
    lost = found(asset, "retention")
    assert (lost.outcome, lost.broken_since) == ("unknown", since)
    assert not Entry.objects.filter(kind="slo:finding:ended").exists()


def test_evidence_stands_at_both_ends_and_only_there(asset, event, clock):
    asset.planted.fill(event(1, 40 * DAY))
    for _ in range(3):
        found(asset, "retention")
    clock.move(hours=2)
    asset.planted.fill(event(1, 1))
    found(asset, "retention")
    opened = Entry.objects.get(kind="slo:finding:broken", payload__kind="retention")
    ended = Entry.objects.get(kind="slo:finding:ended", payload__kind="retention")
    assert opened.payload["promised"] == "at most 30 days"
    assert ended.payload["seconds"] == pytest.approx(7200, abs=60)


def test_a_system_elsewhere_breaks_residency_and_one_without_a_region_leaves_it_unknown(asset):
    assert found(asset, "residency").outcome == "kept"
    DataSystem.objects.update(region="us-east-1")
    broken = found(asset, "residency")
    assert broken.outcome == "broken"
    assert "in us-east-1, outside eu" in words(broken)
    DataSystem.objects.update(region="")
    assert found(asset, "residency").outcome == "unknown"


def test_a_system_that_lineage_reaches_over_two_hops_is_judged_too(asset, world):
    """The asset lies in the EU; what is made of what is made of it lies in the US."""
    far = Asset.objects.create(namespace="tests", name="board", kind="table")
    system = DataSystem.objects.create(name="far", kind="parquet", region="us", created_at=now())
    Placement.objects.create(asset=far, system=system, object_name="board")
    token = world.token("lineage:write", namespaces=("tests*",))
    for run, (job, source, made) in enumerate((("load", "events", "middle"), ("show", "middle", "board"))):
        one = run_event(job=job, inputs=(source,), outputs=(made,), namespace="tests", run=run)
        assert post(token, one).status_code == 201
    project_all()
    broken = found(asset, "residency")
    assert broken.outcome == "broken"
    assert "far holds tests/board, made of it by 2 hops in us, outside eu" in words(broken)


def test_encryption_at_rest_stands_on_a_persons_word_for_a_year(asset, world):
    assert "nobody has attested" in words(found(asset, "encryption"))
    attested(world)
    kept = found(asset, "encryption")
    assert kept.outcome == "kept"
    assert "does not leave this machine" in words(kept) or "on this machine" in words(kept)
    assert Entry.objects.get(kind="slo:system:attested").payload["how_digest"].startswith("sha256:")


def test_an_old_attestation_counts_no_longer(asset, world):
    attested(world, now().date() - timedelta(days=366))
    assert "Attest it anew" in words(found(asset, "encryption"))


def test_only_administrators_attest_and_never_for_a_day_to_come(asset, world):
    with pytest.raises(FindingError, match="lies ahead"):
        attested(world, now().date() + timedelta(days=1))
    with pytest.raises(PermissionDenied):
        attest(user=world.pia, system=DataSystem.objects.get(), on=now().date(), how="LUKS", key=uuid.uuid4())


def test_the_clock_looks_at_what_is_an_hour_old_and_drops_what_nothing_promises(asset, world, clock):
    assert look_at_due() == 1
    assert look_at_due() == 0
    clock.move(minutes=61)
    assert look_at_due() == 1
    assert Finding.objects.get(kind="encryption").broken_since
    activate(
        asset, world.ana, "1.1.0", CONTRACT.replace("encryption: at_rest+in_transit\n", "").replace("1.0.0", "1.1.0")
    )
    look_at(asset)
    assert not Finding.objects.filter(kind="encryption").exists()
    assert Entry.objects.get(kind="slo:finding:ended").payload["how"] == "the contract no longer promises it"


def test_the_privacy_officer_finds_it_on_the_work_list_and_the_page(asset, event, world, client):
    asset.planted.fill(event(1, 40 * DAY))
    look_at(asset)
    texts = [item.text for item in waiting_for(world.pia)["To fix"]]
    assert "Retention of events: at most 30 days" in texts
    assert not any("Retention" in item.text for item in waiting_for(world.ana)["To fix"])
    client.force_login(world.pia)
    page = client.get(reverse("slos:findings")).content.decode()
    assert page.index("Retention of") < page.index("Residency of"), "the broken ones first"
    assert "Look again" in page
    asset.planted.fill(event(1, 1))
    client.post(reverse("slos:finding-look", args=[Finding.objects.get(kind="retention").pk]))
    assert Finding.objects.get(kind="retention").outcome == "kept"
    assert "Nothing fits" in client.get(reverse("slos:findings"), {"text": "zzz"}).content.decode()
