"""A contract is written by keyboard: form, YAML and preview follow each other, a fix, two editors, a patch."""

from __future__ import annotations

import subprocess

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contracts_app import services
from contracts_app.models import Version
from tests.browser.browsing import assert_accessible, assert_fits, focused, shoot
from tests.contracts_app.test_contract_life import EXAMPLE

COMMENTED = EXAMPLE.replace(b"retention_days: 365", b"retention_days: 365  # by law") + b"house_key: kept\n"


@pytest.fixture
def draft(world):
    return services.import_yaml(user=world.bob, content=COMMENTED)


@pytest.fixture
def address(draft):
    return reverse("contracts:edit", args=[draft.contract_id])


def _field(page, label: str):
    return page.locator("#editor-form").get_by_label(label, exact=True)


def test_the_yaml_and_the_preview_follow_the_form_while_one_types_and_comments_stay(visit, address):
    page = visit("bob", address)
    days = _field(page, "Retention (days)")
    days.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("730")
    expect(page.locator("#yaml")).to_have_value(COMMENTED.decode().replace("days: 365", "days: 730"))
    assert page.evaluate("document.activeElement.id") == days.get_attribute("id"), "the cursor stays where one types"
    page.locator("[name=beside][value=yaml]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#beside-preview")).to_contain_text("kept 730 days")
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "contract-editor-preview")


def test_the_form_follows_the_yaml_while_one_types_and_the_line_of_an_error_is_marked(visit, address):
    page = visit("bob", address)
    yaml = page.locator("#yaml")
    yaml.focus()
    page.keyboard.press("Control+Home")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type("\ndescription: Clicks of the shop")
    expect(_field(page, "Description").first).to_have_value("Clicks of the shop")
    page.keyboard.type("\nresidency: NO")
    expect(page.locator("#gutter .lined__bad").first).to_be_visible()
    assert yaml.evaluate("each => each === document.activeElement")
    assert "residency: NO" in yaml.input_value()
    shoot(page, "contract-editor-error")
    assert_accessible(page)


def test_a_trap_is_mended_by_its_button_with_the_keyboard(visit, world):
    version = services.import_yaml(user=world.bob, content=COMMENTED.replace(b"us-only", b"NO"))
    page = visit("bob", reverse("contracts:edit", args=[version.contract_id]))
    page.locator("#findings").get_by_role("button", name='Write "NO"').focus()
    page.keyboard.press("Enter")
    expect(page.locator("#yaml")).to_have_value(COMMENTED.decode().replace("us-only", '"NO"'))
    assert focused(page) == "Check", "the button is gone, so the focus stands at the head of the list"


def test_a_field_and_a_rule_are_added_by_keyboard_and_the_rule_shows_its_wrong_character_or_sql(visit, address):
    page = visit("bob", address)
    page.get_by_label("Name of a new field", exact=True).focus()
    page.keyboard.type("email")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    grown = COMMENTED.decode().replace("required: false}\n", "required: false}\n  email: {type: string}\n")
    expect(page.locator("#yaml")).to_have_value(grown)
    assert page.evaluate("document.activeElement.closest('details').open"), "the new field is open, its type in focus"
    page.get_by_label("A further rule").focus()
    page.keyboard.type("amount_usd < 9 and colour > 1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#editor-form mark")).to_have_text("c")
    rule = page.locator("#editor-form").get_by_label("Rule", exact=True).last
    rule.fill("amount_usd < 9")
    page.locator("[name=beside][value=sql]").check(force=True)
    expect(page.locator("#beside-sql")).to_contain_text('"amount_usd" IS NULL OR "amount_usd" < 9')
    assert_accessible(page)
    shoot(page, "contract-editor-sql")


def test_the_second_editor_sees_both_texts_and_each_way_out_works(visit, world, draft, address):
    page = visit("bob", address)
    services.save_draft(user=world.ana, version=draft, content=b"# Ana\n" + COMMENTED, token=1)
    days = _field(page, "Retention (days)")
    days.fill("90")
    expect(page.get_by_text("Ana Owner saved this draft")).to_be_visible()
    page.keyboard.press("Control+S")
    page.get_by_role("heading", name="This was not saved").wait_for()
    assert_accessible(page)
    shoot(page, "contract-conflict")
    page.get_by_role("button", name="Go on with what is chosen").focus()
    page.keyboard.press("Enter")
    yaml = page.locator("#yaml")
    expect(yaml).to_have_value("# Ana\n" + COMMENTED.decode().replace("365", "90"))
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("The draft is saved").wait_for()
    assert bytes(Version.objects.get().authored) == b"# Ana\n" + COMMENTED.replace(b"365", b"90")


def test_a_saved_edit_gives_the_patch_that_git_applies(visit, address, tmp_path):
    page = visit("bob", address)
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Take it to git").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the patch").click()
    patch = tmp_path / "change.patch"
    waiting.value.save_as(patch)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", str(patch)], cwd=tmp_path, check=True)
    assert (tmp_path / "data_contracts/customer_events_v1.yaml").read_bytes() == COMMENTED
