"""A contract from its text to its signatures, by keyboard where it binds; a breach from the first page to its ack."""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

import pytest

from contracts_app.models import Version
from slo_app.models import Incident
from tests.browser.browsing import assert_accessible, assert_fits, picture, shoot
from tests.contracts_app.test_contract_life import EXAMPLE, estate  # noqa: F401 the names that the example uses
from tests.slo_app.conftest import event, table  # noqa: F401 a planted source in PostgreSQL
from tests.slo_app.estate import asset_on, freshness_of, the_incident, work_for


@pytest.fixture
def breach(table, event, world, monkeypatch, clock) -> Incident:
    """Freshness that has fired, on a real table."""
    slo = freshness_of(asset_on(table, world, monkeypatch))
    table.fill(event(1, 45))
    work_for(clock, 5)
    return the_incident(slo)


def _sign_by_keyboard(page, world, name: str) -> None:
    """Password, code and Enter: no mouse."""
    page.get_by_label("Your password").focus()
    page.keyboard.type(world.password)
    page.keyboard.press("Tab")
    page.keyboard.type(world.code(name))
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_the_programmes_contract_is_imported_proposed_and_signed_by_three_people(visit, estate):
    page = visit("bob", "/contracts/import/")
    page.get_by_label("Or paste it").fill(EXAMPLE.decode())
    page.get_by_role("button", name="Check it").click()
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_role("link", name="Check and propose").click()
    assert_accessible(page)
    page.get_by_role("button", name="Propose 1.2.0").click()
    page.wait_for_load_state()
    version = Version.objects.get()
    assert version.state == "proposed"
    for name in ("ana", "hal", "pia"):
        signing = visit(name, "/")
        signing.get_by_role("link", name="Sign customer_events_v1").click()
        signing.get_by_label("Your password").wait_for()
        _sign_by_keyboard(signing, estate, name)
        signing.get_by_role("heading", name="customer_events_v1").wait_for()
    shoot(signing, "contract-signed")
    picture(signing, "contract", at=".outlook")
    version.refresh_from_db()
    assert version.state == "active"
    assert version.digest[7:19] in signing.locator("main").inner_text()


def test_a_breach_is_seen_on_the_first_page_and_acknowledged_beside_its_runbook(visit, breach):
    page = visit("dan", "/")
    page.locator(f"main a[href*='/incidents/{breach.pk}/']").first.click()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("Acknowledged").first.wait_for()
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "incident-acknowledged")
    picture(page, "incident", at="body")
    breach.refresh_from_db()
    assert breach.acknowledged_at is not None
