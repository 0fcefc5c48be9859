"""Importing in a real browser: choose a source, look at the draft, save it."""

from __future__ import annotations

from pathlib import Path

from contracts_app.models import Version
from tests.browser.browsing import assert_accessible, assert_fits, shoot

DATA = Path(__file__).resolve().parents[1] / "conformance" / "formats"


def test_an_odcs_file_is_looked_at_with_its_findings_and_saved_as_a_draft(visit, world):
    page = visit("bob", "/contracts/import/")
    assert_accessible(page)
    shoot(page, "contract-import")
    page.get_by_label("File", exact=True).set_input_files(DATA / "odcs.yaml")
    page.get_by_role("button", name="Check it").click()
    page.get_by_role("heading", name="Check the draft").wait_for()
    assert_accessible(page)
    shoot(page, "contract-import-preview")
    assert not Version.objects.exists()
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_role("heading", name="clickstream").wait_for()
    assert Version.objects.get().contract.name == "clickstream"


def test_the_preview_fits_a_telephone_and_a_dark_room(visit, world):
    page = visit("bob", "/contracts/import/", width=320, scheme="dark")
    page.get_by_label("Or paste it").fill((DATA / "json_schema.json").read_text())
    page.get_by_role("button", name="Check it").click()
    page.get_by_role("heading", name="Check the draft").wait_for()
    assert_fits(page)
    assert_accessible(page)
    shoot(page, "contract-import-dark")
