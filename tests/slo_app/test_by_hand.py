"""SLOs set by hand: the form, what it measures before it is kept, who may, and what a contract keeps to itself."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import escape

from portal.core.evidence.models import Entry
from slo_app.models import BurnAlert, Measurement, Slo
from tests.slo_app.estate import activate, asset_on, freshness_of, work

pytestmark = pytest.mark.django_db
TERMS = {
    "name": "EU only", "target_op": "<=", "target_value": "15", "alert_op": ">", "alert_value": "20", "hold": "5m",
    "severity": "page", "interval": "1m", "element": "event_ts", "objective": "99", "budget_method": "slices",
    "budget_days": "30", "freezes": "on", "owner_title": "", "runbook": "Triage: look at the job\nFix: rerun it",
}  # fmt: skip


@pytest.fixture
def asset(table, world, monkeypatch):
    """An asset in PostgreSQL."""
    return asset_on(table, world, monkeypatch)


def address(asset, kind="freshness"):
    return f"{reverse('slos:new')}?asset={asset.key}&kind={kind}"


def terms(world, **changed):
    return TERMS | {"owner_team": str(world.platform.pk)} | changed


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def sent_again(response):
    """What the check page's form holds."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode())
    return {name: unescape(value) for name, value in found}


def test_an_slo_is_chosen_filled_in_measured_and_saved(asset, table, event, world, clock):
    table.fill(event(1, 3))
    ana = world.client("ana")
    chosen = text(ana.get(reverse("slos:new")))
    assert "now - max(event time)" in chosen
    assert asset.key in chosen or asset.name in chosen
    assert "The column that holds the time of each event" in text(ana.get(address(asset)))
    checked = ana.post(address(asset), terms(world) | {"do": "check"})
    assert checked.status_code == 200
    assert re.search(r"Measured now: 3\.\d min, on target", text(checked))
    assert "14.4 over 1 h" in text(checked)
    assert not Slo.objects.exists()
    assert not Measurement.objects.exists()
    saved = ana.post(address(asset), sent_again(checked) | {"do": "save"})
    slo = Slo.objects.get()
    assert saved.url == slo.get_absolute_url()
    assert (slo.name, slo.budget_days, slo.contract, slo.freezes) == ("EU only", 30, "", True)
    assert slo.runbook == [{"phase": "Triage", "text": "look at the job"}, {"phase": "Fix", "text": "rerun it"}]
    assert BurnAlert.objects.filter(slo=slo).count() == 4
    assert "set freshness of tests/events (EU only) by hand" in Entry.objects.get(kind="slo:slo:made").sentence
    ana.post(address(asset), sent_again(checked) | {"do": "save"})
    assert Slo.objects.count() == 1, "the form is taken once"
    assert work() == 1
    assert Measurement.objects.get().result == "ok"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"alert_value": "10"}, "would be on target and alert"),
        ({"alert_op": "<"}, "so the alert must be above one"),
        ({"objective": "100"}, "there is no budget to spend"),
        ({"interval": "1s"}, "Write a duration from 30 s"),
        ({"hold": "soon"}, "is no duration"),
        ({"target_value": ""}, "required"),
        ({"name": ""}, "required"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_control_and_nothing_is_kept(asset, world, changed, said):
    refused = world.client("ana").post(address(asset), terms(world, **changed) | {"do": "save"})
    assert refused.status_code == 422
    assert said in text(refused)
    assert not Slo.objects.exists()


def test_a_column_that_is_not_there_is_seen_before_it_is_saved(asset, table, event, world):
    table.fill(event(1, 3))
    checked = world.client("ana").post(address(asset), terms(world, element="evnt_ts") | {"do": "check"})
    assert escape("no column “evnt_ts”") in text(checked)
    back = world.client("ana").post(address(asset), sent_again(checked) | {"do": "edit"})
    assert 'value="evnt_ts"' in text(back)


def test_a_name_that_is_taken_is_refused(asset, world):
    freshness_of(asset, name="EU only")
    key = "6a1d1b7e-6b8e-4a55-9a0e-2f7a4a1f0f11"
    refused = world.client("ana").post(address(asset), terms(world) | {"do": "save", "idempotency_key": key})
    assert refused.status_code == 422
    assert "Choose another name" in text(refused)


@pytest.mark.parametrize("who", ["bob", "dan", "otto", "ada", "cleo"])
def test_only_an_owner_of_the_assets_team_sets_its_slos(asset, world, who):
    slo = freshness_of(asset, name="EU only")
    client = world.client(who)
    for url in (address(asset), reverse("slos:edit", args=[slo.pk]), reverse("slos:switch", args=[slo.pk])):
        assert client.get(url).status_code == 403
        assert client.post(url, terms(world) | {"do": "save", "on": "no"}).status_code == 403
    assert Slo.objects.get().enabled


def test_its_terms_are_changed_and_it_is_switched_off_and_on_with_evidence(asset, table, event, world, clock):
    table.fill(event(1, 3))
    slo = freshness_of(asset, name="EU only")
    work()
    ana, edit, switch = world.client("ana"), reverse("slos:edit", args=[slo.pk]), reverse("slos:switch", args=[slo.pk])
    assert 'value="15"' in text(ana.get(edit))
    ana.post(edit, terms(world, target_value="2", alert_value="2.5", objective="90") | {"do": "save"})
    slo.refresh_from_db()
    assert (slo.target_value, str(slo.objective.normalize())) == (2, "0.9")
    assert [str(each.factor.normalize()) for each in slo.burn_alerts.all()] == ["6", "3", "1"]
    clock.move(seconds=1)
    assert work() == 1
    assert slo.measurements.first().result == "breach"
    assert slo.measurements.count() == 2, "its history stays"
    assert "Nobody is alerted about it any more" in text(ana.get(switch))
    ana.post(switch, {"on": "no"})
    clock.move(minutes=5)
    assert work() == 0
    ana.post(switch, {"on": "yes"})
    assert work() == 1
    kinds = Entry.objects.filter(kind__startswith="slo:slo:").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["slo:slo:changed", "slo:slo:stopped", "slo:slo:resumed"]


def test_a_contracts_slo_is_changed_only_by_its_contract(asset, table, event, world):
    table.fill(event(1, 3))
    version = activate(asset, world.ana)
    slo = Slo.objects.get(kind="freshness")
    ana, edit = world.client("ana"), reverse("slos:edit", args=[slo.pk])
    html = text(ana.get(edit))
    assert "so only a new version of the contract changes it" in html
    assert version.get_absolute_url() in html
    assert ana.post(edit, terms(world) | {"do": "save"}).status_code == 409
    assert ana.post(reverse("slos:switch", args=[slo.pk]), {"on": "no"}).status_code == 409
    slo.refresh_from_db()
    assert slo.enabled


def test_the_rules_of_an_accuracy_slo_by_hand_are_those_of_the_contract_in_force(asset, table, event, world):
    table.fill(event(1, 3), event(2, 3, amount=-1))
    activate(asset, world.ana)
    given = terms(world, target_op=">=", target_value="99.9", alert_op="<", alert_value="99", element="")
    checked = world.client("ana").post(address(asset, "accuracy"), given | {"do": "check"})
    assert "Measured now: 50 %, which would alert" in text(checked)
