"""A test asked for, watched and read in a real browser; a version held by its readiness; and who lacks a contract."""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

import re

from contracts_app import services, tasks
from tests.browser.browsing import assert_accessible, assert_fits, shoot
from tests.contracts_app.conftest import lies, place, table  # noqa: F401 live sources of the app's own tests
from tests.contracts_app.life import propose, sign
from tests.contracts_app.test_data_tests import COLUMNS, CONTRACT, ROWS
from tests.contracts_app.test_readiness import BASE, MIN


def test_a_test_is_asked_for_watched_without_reloading_and_each_number_leads_to_its_rows(visit, table, place):
    table.make(COLUMNS, *ROWS)
    version = place(table, CONTRACT)
    page = visit("ana", f"{version.get_absolute_url()}&tab=tests")
    page.get_by_role("button", name="Test on live data now").click()
    page.get_by_text("begins as soon as a worker is free").wait_for()
    assert_accessible(page)
    services.perform(services.lease_run())
    page.get_by_role("link", name=re.compile("^7 failed")).wait_for()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("link", name=re.compile("^7 failed")).click()
    page.get_by_text("kind.allowed").wait_for()
    assert page.get_by_text("id.required").count() == 0
    page.goto(page.url.split("/contracts/")[0] + f"{version.get_absolute_url()}&tab=tests")
    page.get_by_role("heading", name="What needs care").wait_for()
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "contract-tests-tab")


def test_a_version_that_live_data_holds_shows_why_and_may_be_asked_again(visit, world, table, lies):
    table.make("id int, amount float8", (1, -5.0), (2, 1.0))
    lies(table)
    sign(world, "ana", propose(world, BASE.encode()))
    version = propose(world, MIN)
    sign(world, "ana", version)
    tasks.check_readiness(version.pk)
    page = visit("ana", f"{version.get_absolute_url()}&tab=tests")
    page.get_by_text("amount.min (1 of 2 rows fail)").first.wait_for()
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "contract-readiness")
    table.execute(f"UPDATE {table.name} SET amount = 1")
    page.get_by_role("button", name="Run readiness now").click()
    page.wait_for_load_state()
    tasks.check_readiness(version.pk)
    page.reload()
    page.get_by_text("Active").first.wait_for()


def test_the_coverage_page_leads_from_an_asset_without_a_contract_to_its_editor(visit, lies):
    asset = lies()
    asset.tier, asset.tier_reason = 1, "board KPI"
    asset.save()
    page = visit("ana", "/contracts/coverage/")
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "contract-coverage")
    page.get_by_role("link", name="Write its contract of events").click()
    page.get_by_text("events_v1").first.wait_for()
