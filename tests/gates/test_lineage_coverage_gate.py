"""The lineage gate over the hops of declared tier-1 flows, asked as a pipeline asks and by the real command."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from lineage_app.models import Inbox
from lineage_app.services import project_all
from portal.core.catalog.services import adopt_asset, declare_flow
from portal.core.clock.services import now
from portal.core.identity.actors import system_actor
from tests.gates.asking import event, finding, found, in_force, question, tell, verdict

pytestmark = pytest.mark.django_db
ACTOR = system_actor("tests")


def rules(answer) -> list[str]:
    gate = next(gate for gate in answer["gates"] if gate["key"] == "lineage")
    return [one["rule"] for one in gate["findings"] if one["rule"].startswith("coverage.")]


@pytest.fixture
def flow(estate, clock):
    """A contract in force, whose asset stands in a tier-1 flow after app_events."""
    estate.version = in_force(estate)
    estate.source = adopt_asset(actor=ACTOR, namespace="demo", name="app_events", kind="stream")
    estate.asset.tier, estate.asset.tier_reason = 1, "board KPI"
    estate.asset.save()
    estate.flow = declare_flow(
        actor=ACTOR, name="Events", owner_team=estate.platform, assets=[estate.source, estate.asset]
    )
    return estate


def test_a_job_whose_hop_was_proved_passes(flow, clock):
    tell(flow, event(clock.now(), outputs=[flow.asset.name]))
    answer = verdict(flow, question(flow.version))
    assert rules(answer) == ["coverage.hop"]
    assert answer["verdict"] == "pass"


def test_a_job_that_completes_without_naming_the_hops_start_fails_with_what_to_do(flow, clock):
    tell(flow, event(clock.now(), inputs=["another"], outputs=[flow.asset.name]))
    answer = verdict(flow, question(flow.version))
    assert found(answer, "fail") == ["coverage.missing"]
    said = finding(answer, "coverage.missing")
    assert "demo/app_events to" in said["message"]
    assert "never proved by a completed run" in said["message"]
    assert "--events FILE" in said["todo"]


def test_a_proof_of_more_than_seven_days_ago_is_none(flow, clock):
    tell(flow, event(clock.now(), outputs=[flow.asset.name]))
    clock.move(days=8)
    tell(flow, event(clock.now(), inputs=["another"], outputs=[flow.asset.name]))
    assert "was proved last on" in finding(verdict(flow, question(flow.version)), "coverage.missing")["message"]


def test_the_events_of_this_ci_run_prove_the_hop_of_a_new_job(flow, clock):
    told = [event(clock.now(), outputs=[flow.asset.name], run="a")]
    assert rules(verdict(flow, question(flow.version, events=told))) == ["coverage.events"]
    other = [event(clock.now(), outputs=[flow.asset.name], run="a", sha="f" * 40)]
    assert rules(verdict(flow, question(flow.version, events=other))) == ["coverage.missing"]


def test_a_hop_that_another_job_proved_last_is_that_jobs_concern(flow, clock):
    tell(flow, event(clock.now(), outputs=[flow.asset.name], job="other"))
    clock.move(days=8)
    tell(flow, event(clock.now(), inputs=["another"], outputs=[flow.asset.name]))
    answer = verdict(flow, question(flow.version))
    assert rules(answer) == ["coverage.other-job"]
    assert "demo/other proved it last" in finding(answer, "coverage.other-job")["message"]


def test_foreign_events_prove_nothing(flow, clock):
    tell(flow, event(clock.now(), inputs=["another"], outputs=[flow.asset.name]))
    outside = flow.token("lineage:write", namespaces=("elsewhere*",))
    body = json.dumps(event(clock.now(), outputs=[flow.asset.name]))
    headers = {"Authorization": f"Bearer {outside}"}
    sent = Client().post("/api/v1/lineage", data=body, content_type="application/json", headers=headers)
    assert sent.status_code == 201
    project_all()
    assert rules(verdict(flow, question(flow.version))) == ["coverage.missing"]


def test_while_events_wait_for_the_graph_a_hop_is_not_yet_known_and_never_passes(flow, clock):
    tell(flow, event(clock.now(), inputs=["another"], outputs=[flow.asset.name]))
    row = Inbox.objects.create(raw_id=-1, subject="0199a3c2-7d5e-7000-8000-000000000009", received_at=clock.now())
    answer = verdict(flow, question(flow.version))
    assert answer["verdict"] == "undecided"
    assert rules(answer) == ["coverage.waiting"]
    row.delete()
    assert verdict(flow, question(flow.version))["verdict"] == "fail"


def test_a_tier_1_product_without_a_flow_fails_and_names_its_team(estate, clock):
    version = in_force(estate)
    estate.asset.kind, estate.asset.tier, estate.asset.tier_reason = "product", 1, "board KPI"
    estate.asset.owner_team = estate.platform
    estate.asset.save()
    tell(estate, event(clock.now(), outputs=[estate.asset.name]))
    said = finding(verdict(estate, question(version)), "coverage.no-flow")
    assert "Data Platform" in said["who"]


def test_a_flow_without_a_tier_1_asset_asks_nothing_of_a_job(flow, clock):
    flow.asset.tier, flow.asset.tier_reason = 3, ""
    flow.asset.save()
    tell(flow, event(clock.now(), inputs=["another"], outputs=[flow.asset.name]))
    answer = verdict(flow, question(flow.version))
    assert (rules(answer), answer["verdict"]) == ([], "pass")


def test_an_output_that_only_lineage_saw_is_asked_about_too(flow, clock):
    other = adopt_asset(actor=ACTOR, namespace="demo", name="side", kind="table", tier=1, tier_reason="board KPI")
    declare_flow(actor=ACTOR, name="Side", owner_team=flow.platform, assets=[flow.source, other])
    tell(flow, event(clock.now() - timedelta(hours=1), inputs=["another"], outputs=[flow.asset.name, "side"]))
    assert sorted(rules(verdict(flow, question(flow.version)))) == ["coverage.missing", "coverage.missing"]
    assert now() >= clock.now() - timedelta(minutes=1)
