"""The pages of a contract as people see them: what stands before force, who is hit by a change, and on paper."""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contracts_app import services
from tests.browser.browsing import assert_accessible, assert_fits, picture, shoot
from tests.contracts_app.life import propose, sign
from tests.contracts_app.test_contract_reports import RETENTION, in_force, lineage  # noqa: F401 a contract in force
from tests.lineage_app.conftest import send, token  # noqa: F401 events through the endpoint

BREAKING = RETENTION.replace(b'target: 15, alert: "> 20"', b'target: 30, alert: "> 40"').replace(
    b"min: 0.0", b"min: -5.0"
)


@pytest.fixture
def breaking(world, lineage, in_force):
    """2.0.0 proposed over the version in force, signed by the producer."""
    version = propose(world, BREAKING)
    sign(world, "ana", version)
    return version


def _look(page, name: str) -> None:
    """Fits, reads well, and is kept as pictures: light, dark, small and as it would be printed."""
    assert_accessible(page)
    assert_fits(page)
    shoot(page, name)
    page.emulate_media(color_scheme="dark")
    shoot(page, f"{name}-dark")
    page.emulate_media(color_scheme="light", media="print")
    shoot(page, f"{name}-print")
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 320, "height": 800})
    shoot(page, f"{name}-small")


def test_the_overview_names_every_condition_and_reads_well_in_any_light_and_on_paper(visit, breaking):
    page = visit("cleo", f"{reverse('contracts:page', args=[breaking.contract_id])}?version={breaking.pk}")
    expect(page.locator("#conditions")).to_contain_text("not met")
    expect(page.locator(".outlook")).to_contain_text("1.2.0")
    expect(page.get_by_text("3 downstream")).to_be_visible()
    _look(page, "contract-page")


def test_the_change_report_leads_from_each_number_to_its_rows_and_prints_without_controls(visit, breaking):
    page = visit("cleo", f"{reverse('contracts:compare', args=[breaking.contract_id])}?new={breaking.pk}")
    expect(page.locator("#hit")).to_contain_text("revenue")
    page.locator("a[href='#changes']").click()
    picture(page, "contract-report", at="#changes")
    _look(page, "contract-report")
    page.emulate_media(media="print")
    assert page.locator(".filters").is_hidden()
    assert page.locator("pre.diff").is_visible()


def test_the_list_and_the_check_page_read_well(visit, world, breaking):
    page = visit("ana", reverse("contracts:list"))
    page.get_by_label("Waits for").select_option(label="Anybody")
    _look(page, "contract-list")
    draft = services.import_yaml(user=world.bob, content=BREAKING.replace(b"-5.0", b"-9.0"))
    page = visit("bob", reverse("contracts:propose", args=[draft.pk]))
    expect(page.get_by_role("heading", name="Who is told")).to_be_visible()
    _look(page, "contract-propose")


def test_the_editor_reads_well_with_consequences_on_a_small_screen_and_in_the_dark(visit, world, breaking):
    draft = services.import_yaml(user=world.bob, content=BREAKING.replace(b"2.0.0", b"1.3.0"))
    page = visit("bob", reverse("contracts:edit", args=[draft.contract_id]))
    page.get_by_text("Each change").click()
    picture(page, "contract-editor")
    _look(page, "contract-editor")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Set version to 2.0.0").click()
    expect(page.get_by_text("The number fits")).to_be_visible()
    refused = visit("bob", reverse("contracts:propose", args=[draft.pk]))
    refused.get_by_role("link", name="must be at least").click()
    expect(refused.locator("#yaml")).to_be_focused()
