"""Each person from the sign-in form to done, by keyboard alone: light on a desk, dark on a small phone.

What a journey starts from is planted by services; workers are called where the page waits for one.
"""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from contracts_app.models import Subscription, Version
from portal.pages.provenance import services as provenance
from portal.pages.provenance.models import GivenAnswer
from portal.pages.scoreboard.models import BoardPack
from portal.pages.scoreboard.tasks import make_board_pack
from privacy_app import tasks
from tests.browser.keyboard import Keyboard
from tests.browser.test_auditor_journey import elsewhere
from tests.browser.test_incident_in_browser import incident  # noqa: F401 an incident that has fired
from tests.browser.test_provenance_in_browser import told  # noqa: F401 a pipeline with all that an answer speaks of
from tests.browser.test_scoreboard_in_browser import estate  # noqa: F401 two tier-1 assets and the days of two months
from tests.contracts_app import life
from tests.contracts_app.test_contract_reports import in_force  # noqa: F401 a contract in force
from tests.pages.provenance_ground import SCORED
from tests.privacy_app.conftest import drive, four  # noqa: F401 the estate of the app's own tests
from tests.slo_app.conftest import event, table  # noqa: F401 a planted source in PostgreSQL

LIGHTS = {"light-1440": ("light", 1440, 900), "dark-320": ("dark", 320, 700)}
NEXT = life.CONSUMED.replace(b"version: 1.2.0", b"version: 2.0.0").replace(b"min: 0.0", b"min: -5.0")


@pytest.fixture(params=LIGHTS.values(), ids=LIGHTS)
def somebody(request, visit, world):
    """somebody("ana"): that person's window, signed in by hand."""
    scheme, width, height = request.param

    def begin(name: str) -> Keyboard:
        page = visit("nobody", "/accounts/login/", width=width, scheme=scheme)
        page.set_viewport_size({"width": width, "height": height})
        person = Keyboard(page, world, name, small=width < 600)
        person.sign_in()
        return person

    return begin


def test_a_data_owner_brings_a_contract_in_reviews_it_and_signs_until_it_is_in_force(somebody, world):
    life.register_names(world)
    ana = somebody("ana")
    ana.look("My work")
    ana.go("Contracts")
    ana.look("Contracts")
    ana.press(ana.link("Import"))
    ana.look("Import a contract")
    ana.write("Or paste it", life.EXAMPLE.decode())
    ana.press(ana.button("Check it"))
    ana.look("Check the draft")
    ana.press(ana.button("Save as draft"))
    ana.look("customer_events_v1")
    ana.press(ana.link("Check and propose"))
    ana.look("Propose customer_events_v1")
    ana.press(ana.button("Propose 1.2.0"))
    ana.look("customer_events_v1")
    ana.press(ana.link("Sign as producer"))
    ana.look("Sign customer_events_v1")
    ana.sign()
    ana.page.get_by_role("heading", name="Signed as producer").wait_for()
    ana.look_again("signed")
    version = Version.objects.get()
    for colleague in ("hal", "pia"):
        life.sign(world, colleague, version)
    ana.page.reload()
    expect(ana.page.locator(".outlook")).to_contain_text("since")
    assert life.again(version).state == "active"


def test_a_consumer_reads_a_change_accepts_it_and_follows_the_contract(somebody, world, in_force):
    coming = life.signed(world, NEXT, ("ana", "hal"))
    cleo = somebody("cleo")
    cleo.look("My work")
    cleo.press(cleo.link(re.compile("Accept .*2.0.0 for Product Analytics")))
    cleo.look(re.compile("Answer customer_events_v1"))
    cleo.press(cleo.page.get_by_role("radio", name=re.compile("Accept")), "Space")
    cleo.press(cleo.button("Give this answer"))
    cleo.page.wait_for_url(re.compile("given="))
    cleo.look("customer_events_v1")
    cleo.press(cleo.link("Compare"))
    cleo.look("customer_events_v1: 1.2.0 to 2.0.0")
    cleo.press(cleo.page.get_by_role("navigation", name="Where you are").get_by_role("link", name="customer_events_v1"))
    cleo.press(cleo.link("Life and dates"))
    cleo.press(cleo.button("Follow customer_events_v1"))
    cleo.page.get_by_text("You follow this contract").wait_for()
    cleo.look_again("followed")
    assert coming.answers.get().said == "accepted"
    assert Subscription.objects.get().user == world.cleo


def test_privacy_officers_accept_an_identity_plan_approve_and_take_the_proof(somebody, drive, tmp_path):
    request = elsewhere(drive.receive)
    pia = somebody("pia")
    pia.look("Deletion requests")
    pia.press(pia.link(request.req_id))
    pia.look(request.req_id)
    pia.press(pia.link("Accept without a code"))
    pia.look("Accept the identity without a code")
    pia.press(pia.page.get_by_role("checkbox"), "Space")
    pia.write("Reason", "The signature on the letter fits.")
    pia.press(pia.button("Accept the identity"))
    pia.look(request.req_id)
    elsewhere(tasks.resolve_waiting)
    pia.page.reload()
    pia.press(pia.link("Plan the deletion"))
    pia.look(re.compile("^Plan"))
    pia.press(pia.button("Look at every system"))
    pia.page.get_by_text("Finding out where the data can be").wait_for()
    elsewhere(tasks.look_at_systems)
    pia.page.get_by_text("Submit for approval").wait_for()
    pia.look_again("plan-made")
    pia.press(pia.button("Submit the plan"))
    pia.page.get_by_text("Still to sign: privacy officer").wait_for()
    pia.sign_out()
    pia.look("Sign in")
    pia.page.context.close()

    petra = somebody("petra")
    petra.press(petra.link(request.req_id))
    petra.press(petra.link("Approve the plan"))
    petra.look(re.compile("^Approve the plan"))
    petra.press(petra.button(re.compile("^Decide [0-9]+ point")))
    petra.page.get_by_label("Your password").wait_for()
    petra.look_again("approve-decided")
    petra.sign()
    petra.page.get_by_text("Deleting").first.wait_for()
    elsewhere(drive.work, request)
    petra.page.get_by_text("Deletion proved").wait_for()
    petra.look_again("proved")
    petra.press(petra.link("Read the proof and take the files"))
    petra.look(re.compile("^Proof of"))
    bundle = petra.take(petra.link("Bundle (ZIP)"), tmp_path / "bundle.zip")
    assert {"proof.json", "proof.pdf", "verify.py"} <= set(ZipFile(bundle).namelist())


def test_an_auditor_asks_what_made_it_takes_the_answer_verifies_it_and_finds_its_entry(somebody, told, tmp_path):
    aud = somebody("aud")
    aud.look("Evidence")
    aud.go("Provenance")
    aud.look("Provenance")
    aud.write("What do you want to know about?", SCORED)
    aud.page.keyboard.press("Enter")
    aud.look(re.compile("^Provenance of"))
    for word in ("What", "When", "Where", "Who", "Why"):
        assert aud.page.locator("main").get_by_text(word, exact=True).count(), word
    aud.press(aud.link("4 input datasets"))
    aud.page.wait_for_url(re.compile("#inputs$"))
    aud.press(aud.button("Take as signed document"), back=True)
    aud.look(re.compile("^Provenance answer"))
    elsewhere(provenance.make, GivenAnswer.objects.get().pk)
    bundle = aud.take(aud.link(re.compile("^Bundle")), tmp_path / "bundle.zip")
    aud.look_again("answer-given")
    assert {"proof.json", "proof.pdf", "verify.py", "proof.tlog"} <= set(ZipFile(bundle).namelist())

    aud.go("Evidence")
    aud.press(aud.link("Keys"))
    aud.look("Keys")
    key = aud.page.locator("main .card [data-copy], main .card code").first.inner_text()
    aud.press(aud.link("Verify a bundle"))
    aud.look("Verify a bundle")
    aud.attach(aud.field("Bundle or pack"), bundle)
    aud.write("Fingerprint of the key", key)
    aud.press(aud.button("Verify"))
    aud.page.get_by_text(re.compile("Nothing was refused")).first.wait_for()
    aud.look_again("verified")
    aud.press(aud.link("Entries"))
    aud.look("Evidence")
    aud.write("Words", "provenance answer")
    aud.page.keyboard.press("Enter")
    aud.press(aud.link(re.compile("Aud Auditor took the provenance answer")))
    aud.look(re.compile("took the provenance answer|Entry"))


def test_an_engineer_on_call_acknowledges_follows_the_runbook_resolves_and_writes_the_post_mortem(somebody, incident):
    dan = somebody("dan")
    dan.look(re.compile(incident.number))
    dan.press(dan.button("Acknowledge"))
    dan.page.get_by_text("You took on").wait_for()
    for step in ("Look at the loader's log.", "Rerun the job."):
        dan.press(dan.button(re.compile(f"^Mark done ?: {step}")))
        dan.button(re.compile(f"^Undo ?: {step}")).wait_for()
    dan.look_again("runbook-done")
    dan.picture("incident-runbook", at="#runbook", height=560)
    dan.write("Cause, and what was done", "The loader had no disk left.")
    dan.press(dan.button("Resolve"))
    dan.field("Post-mortem").wait_for()
    dan.look_again("resolved")
    dan.picture("incident-post-mortem", at="h2:has-text('Post-mortem')", height=560)
    dan.write("Post-mortem", "The loader had no disk left. It alerts at 80 % of its disk now.")
    dan.press(dan.button("Close the incident"))
    dan.page.get_by_text("Closed", exact=True).first.wait_for()
    dan.look_again("closed")
    incident.refresh_from_db()
    assert (incident.resolved_by.email, incident.postmortem_by.email) == ("dan@example.org", "dan@example.org")


def test_the_head_of_data_reads_the_targets_and_gaps_and_takes_the_board_pack(somebody, estate, tmp_path):
    hal = somebody("hal")
    hal.look("Scoreboard")
    hal.press(hal.link("Signed contracts of tier 1"))
    hal.look("Signed contracts of tier 1")
    hal.go("RACI")
    hal.look("RACI")
    hal.press(hal.link("Gaps"))
    hal.look("Gaps in the RACI")
    hal.go("Scoreboard")
    hal.press(hal.link("Board packs"))
    hal.look("Board packs")
    hal.press(hal.button("Make the pack"))
    hal.look(re.compile("^Board pack of"))
    elsewhere(make_board_pack, BoardPack.objects.get().pk)
    kept = hal.take(hal.link("Download the PDF"), tmp_path / "board.pdf")
    hal.look_again("board-pack-ready")
    hal.picture("scoreboard-pack", height=760)
    assert kept.read_bytes().startswith(b"%PDF")
