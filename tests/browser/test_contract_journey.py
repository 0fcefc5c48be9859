"""The life of a contract in a real browser: written, signed with two passkeys, in force, broken, noticed, replaced.

Bob writes, Ana and Pia sign, Cleo answers for the consumers, and the clock does what no person does. The asset is a
real table, so that what is promised is tested before it is in force.
"""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from contracts_app.models import Version
from contracts_app.services import readiness_without_worker
from contracts_app.tasks import check_readiness, move_versions_on
from portal.core.catalog.services import add_team_address
from portal.core.events.services import consume_all
from tests.browser.browsing import assert_accessible, assert_fits, picture, shoot
from tests.browser.passkeys import with_passkey
from tests.contracts_app.conftest import lies, table  # noqa: F401 a live PostgreSQL table

FIRST = """\
# The orders of the shop, as the programme agreed on them
name: shop_orders
version: 1.0.0
owner: data-platform@example.com
on_call: "#data-oncall"
asset: {namespace: tests, name: events, kind: table, tier: 2}
classification: pii-low
residency: eu-only
schema:
  order_id: {type: string, required: true, unique: true}
  email: {type: string, pii: email}
  placed_at: {type: timestamp, required: true}
  amount: {type: float, min: 0}
slos:
  freshness_minutes: {target: 15}
change_policy:
  breaking_change_notice_days: 14
  deprecation_window_days: 30
  contact: data-platform@example.com
privacy:
  deletion_propagation: [events]
"""
# Freshness is loosened (N), a region is added (PO N), a limit is tightened (R), and somebody depends on it now.
SECOND = (
    FIRST.replace("1.0.0", "2.0.0")
    .replace("target: 15", "target: 30")
    .replace("eu-only", "us-eu")
    .replace("min: 0", "min: 1")
    + "consumers: [{team: product-analytics@example.com, purpose: weekly figures}]\n"
)  # fmt: skip


@pytest.fixture
def shop(world, table, lies):
    """The table, its asset, and the names that the contract uses."""
    columns = "order_id text, email text, placed_at timestamptz, amount float8"
    table.make(columns, ("o1", "a@example.com", "2026-11-01T10:00Z", 9.5), ("o2", None, "2026-11-01T11:00Z", 12))
    world.asset = lies(table)
    for text, team in (("data-platform@example.com", "platform"), ("product-analytics@example.com", "analytics")):
        add_team_address(text=text, team=getattr(world, team), kind="email")
    add_team_address(text="#data-oncall", team=world.platform, kind="channel")
    return world


@pytest.fixture
def people(visit, shop):
    """Everybody's window; Ana's and Pia's hold the device with their passkey."""
    pages = {name: visit(name, "/") for name in ("bob", "ana", "pia", "cleo")}
    devices = {name: with_passkey(pages[name]) for name in ("ana", "pia")}
    yield pages
    assert all(device.passkeys() for device in devices.values())


def looked_at(page, name: str) -> None:
    """axe in light and dark, 320 px, and a picture."""
    assert_accessible(page)
    assert_fits(page)
    shoot(page, f"journey-{name}")


def write(page, yaml: str) -> None:
    """Put the text into the editor and save it."""
    page.locator("#yaml").fill(yaml)
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#yaml")).to_have_value(yaml)


def propose(page, number: str) -> Version:
    page.get_by_role("link", name="Check and propose").first.click()
    page.get_by_role("heading", name="What is frozen").wait_for()
    looked_at(page, f"propose-{number}")
    page.get_by_role("button", name=f"Propose {number}").click()
    page.wait_for_url(lambda url: "propose" not in url)
    return Version.objects.get(number=number)


def sign(page, version: Version) -> None:
    """From the page of the contract to the signature, by the passkey of the window's device."""
    page.goto(version.get_absolute_url())
    page.get_by_role("link", name="Sign as").click()
    page.get_by_role("button", name="Sign with your passkey").wait_for()
    looked_at(page, f"sign-{version.number}")
    if version.number == "2.0.0":
        picture(page, "contract-sign", at="main h2:last-of-type", height=600)
    page.get_by_role("button", name="Sign with your passkey").click()
    page.wait_for_url(re.compile("signed="))


def the_clock_ticks() -> None:
    """What beat and the worker would do: move versions on, test those that wait for it, deliver the news."""
    move_versions_on()
    for version_id in readiness_without_worker():
        check_readiness(version_id)
    consume_all()


def box(page, version: Version) -> dict[str, str]:
    """The merge box as one reads it: each condition with the word of its state."""
    page.goto(version.get_absolute_url())
    lines = page.locator("#conditions li")
    return {line.locator("div").first.inner_text().split("\n")[0]: line.inner_text() for line in lines.all()}


def unmet(page, version: Version) -> list[str]:
    return [title for title, text in box(page, version).items() if not text.rstrip().endswith("Met")]


def test_a_contract_from_its_first_line_to_its_successor(people, shop, clock):
    bob, ana, pia, cleo = people.values()

    bob.goto("/contracts/new/")
    write(bob, FIRST)
    looked_at(bob, "editor")
    first = propose(bob, "1.0.0")
    assert unmet(bob, first)[:2] == ["Signature as producer", "Signature as privacy officer"]
    looked_at(bob, "proposed")
    sign(ana, first)
    assert "Signature as producer" not in unmet(bob, first)
    sign(pia, first)
    the_clock_ticks()
    first.refresh_from_db()
    assert first.state == "active", unmet(bob, first)
    assert [link.signature.method for link in first.signatures.all()] == ["passkey", "passkey"]

    bob.goto(first.get_absolute_url())
    looked_at(bob, "active")
    bob.get_by_role("link", name="Write a new version").click()
    write(bob, SECOND)
    second = propose(bob, "2.0.0")
    bob.goto(f"/contracts/{second.contract_id}/compare/?new={second.pk}")
    expect(bob.get_by_text("residency").first).to_be_visible()
    looked_at(bob, "change-report")
    assert unmet(bob, second) == [
        "Signature as producer",
        "Signature as privacy officer",
        "Answer of Product Analytics",
        "Notice to consumers",
        "Readiness of live data",
    ]
    looked_at(bob, "merge-box")
    picture(bob, "contract-conditions", at="#conditions", height=640)

    sign(ana, second)
    sign(pia, second)
    second.refresh_from_db()
    assert second.state == "scheduled"
    assert not any("Signature" in title for title in unmet(bob, second))
    the_clock_ticks()
    second.refresh_from_db()
    assert second.state == "scheduled", "the notice runs"

    clock.move(days=7)
    cleo.goto("/")
    looked_at(cleo, "consumer-home")
    picture(cleo, "consumer-work", height=420)
    cleo.goto(second.get_absolute_url())
    cleo.get_by_role("link", name="Accept or object").click()
    looked_at(cleo, "answer")
    picture(cleo, "consumer-answer")
    cleo.get_by_role("radio", name=re.compile("Accept")).check()
    cleo.get_by_role("button", name="Give this answer").click()
    cleo.wait_for_url(re.compile("given="))
    looked_at(cleo, "answered")
    picture(cleo, "consumer-answered")
    assert not any("Product Analytics" in title for title in unmet(bob, second))
    the_clock_ticks()
    second.refresh_from_db()
    assert second.state == "scheduled", "an answer does not shorten the notice"

    clock.move(days=8)
    the_clock_ticks()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("deprecated", "active"), unmet(bob, second)
    bob.goto(second.get_absolute_url())
    looked_at(bob, "successor")
    expect(bob.get_by_text("deprecated until").first).to_be_visible()
    bob.goto(first.get_absolute_url())
    expect(bob.get_by_text("Deprecated: it stays in force beside its successor")).to_be_visible()
    assert f"{first.deprecated_until.day} {first.deprecated_until:%b %Y}" in bob.locator("main").inner_text()
    looked_at(bob, "deprecated")
