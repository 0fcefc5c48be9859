"""From a failed gate to a waiver in force, in a browser: asked for by an owner, signed by the head of data, revoked."""

from __future__ import annotations

import re

import pytest

from contracts_app.models import Waiver
from portal.gates.models import GateRun
from tests.browser.browsing import assert_accessible, assert_fits, shoot
from tests.contracts_app import life
from tests.gates.asking import event, question, tell, verdict

ASKED = {"asset": "demo/customer_events", "line": 3, "file": "custody.yaml"}


@pytest.fixture
def failed(world, live_server):
    """A gate run that failed because its output has no contract."""
    from portal.core.clock.services import now

    world.asset = life.register_names(world)
    world.asset.owner_team = world.platform
    world.asset.save()
    tell(world, event(now()))
    answer = verdict(world, question(writes=[ASKED], ci_url="https://ci.example/runs/7"))
    return GateRun.objects.get(pk=answer["id"])


def test_a_failed_gate_is_found_waived_signed_shown_and_revoked(visit, world, failed):
    page = visit("ana", "/")
    page.get_by_role("link", name="ingest_events: failed the gate").click()
    page.get_by_role("heading", name="No contract, no prod").wait_for()
    assert page.get_by_text("demo/customer_events has no contract.").is_visible()
    assert page.get_by_text("custody gate", exact=True).is_visible()
    assert_accessible(page)
    shoot(page, "gate-run-failed")
    page.get_by_role("link", name="Ask for a waiver").click()
    page.get_by_label("Why").fill("The contract is being written this week.")
    page.get_by_label("For how many days").fill("8")
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_text("for 7 days at most. Choose an earlier end.").first.wait_for()
    page.get_by_label("For how many days").fill("3")
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_text("Waits for its signature").wait_for()
    assert_accessible(page)
    signer = visit("hal", "/")
    signer.get_by_role("link", name=re.compile("Waive contract.none")).click()
    signer.get_by_label("Your password").fill(world.password)
    signer.get_by_label("One-time code").fill(world.code("hal"))
    signer.get_by_role("button", name="Sign as head of data").click()
    signer.get_by_text("Signed. It counts from now").wait_for()
    assert_accessible(signer)
    shoot(signer, "waiver-signed")
    waiver = Waiver.objects.get()
    run = GateRun.objects.get(pk=verdict(world, question(writes=[ASKED]))["id"])
    assert run.verdict == "pass"
    page.goto(page.url.split("/contracts/")[0] + run.get_absolute_url())
    assert page.get_by_role("link", name="Waived by Hal Head").is_visible()
    assert_fits(page)
    shoot(page, "gate-run-waived")
    signer.get_by_role("link", name="Revoke it").click()
    signer.get_by_label("Why").fill("The contract is signed.")
    signer.get_by_role("button", name="Revoke the waiver").click()
    signer.get_by_text("Revoked", exact=True).first.wait_for()
    assert not Waiver.objects.get(pk=waiver.pk).in_force(waiver.signed_at)
    assert verdict(world, question(writes=[ASKED]))["verdict"] == "fail"


def test_the_list_of_runs_keeps_its_filters_in_the_address(visit, world, failed):
    page = visit("cleo", "/gates/")
    page.get_by_label("Verdict").select_option("Passed the gate")
    page.get_by_role("button", name="Filter").click()
    page.get_by_text("No run matches").wait_for()
    assert "verdict=pass" in page.url
    page.get_by_label("Verdict").select_option("Failed the gate")
    page.get_by_label("Asset", exact=True).fill("customer_events")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name=f"Run {failed.pk}").click()
    assert page.get_by_role("link", name="its CI run").get_attribute("href") == "https://ci.example/runs/7"
    assert page.get_by_role("link", name="Ask for a waiver").count() == 0  # a consumer asks for none
