"""A customer of the running demo, deleted by people in a browser: then every byte of the whole portal is searched.

The demo runs as for anybody who tries Custody: servers, web, worker, beat and pipelines under one command. The customer
reaches all ten places of its eight systems by those pipelines. Everything that the demo keeps is searched when they are
in it, when the proof is there, and when the appeal window is over; a leak of each sort is planted and seen in
`tests/privacy_app/test_every_byte.py`, which shares the search.
"""

from __future__ import annotations

import json
import re
from zipfile import ZipFile

import pytest

from portal.embedded import plan as plans
from tests.browser.demo_people import People
from tests.browser.demo_subject import PLACES, Desk, plant
from tests.faults.stand import Stand, until
from tests.privacy_app.every_byte import looking
from tests.privacy_app.every_byte.searching import Search

DATABASES = ("postgres", "custody", "estate")
CODE = re.compile(r"^[2-9A-Z]{8}$", re.MULTILINE)
UNSAMPLED_MAILBOX = """
from django.db import connection
connection.cursor().execute("ALTER TABLE demo_mail SET (autovacuum_enabled = off)")
"""
"""The planner's samples of the mailbox are the mailbox's own letters, but would lie in a catalog with everybody's."""
EMPTY_MAILBOX = """
from django.db import connection
from portal.demo.models import Mail
Mail.objects.filter(to={to!r}).delete()
connection.cursor().execute("VACUUM (FULL, ANALYZE) demo_mail")
"""
PURGED = """
from datetime import timedelta
from portal.core.clock import services as clock
from privacy_app import tasks
clock.move(clock.offset() + timedelta(days=92))
tasks.shred_keys.delay()
"""
REWRITTEN = """
from privacy_app import tasks
from privacy_app.models import Purge
done = Purge.objects.filter(request__req_id={reference!r}).exclude(rewritten_at=None).exists()
done or tasks.rewrite_tables.delay()
print("yes" if done else "no")
"""


@pytest.fixture
def stand(tmp_path):
    stand = Stand(tmp_path / "demo", demo=True)
    stand.var.mkdir()
    try:
        stand.start()
        yield stand
    finally:
        if stand.supervisor and stand.supervisor.poll() is None:
            stand.stop()


@pytest.fixture
def people(chromium, stand):
    people = People(chromium, stand)
    yield people
    people.leave()


def test_a_customer_of_the_demo_is_nowhere_but_where_the_proof_says_and_after_the_window_nowhere(
    stand, people, tmp_path
):
    person, planted = plant(stand)
    desk = Desk(tmp_path / "vendor", person)
    search, plan = Search(planted), plans.load_or_make(stand.var)
    stand.python(UNSAMPLED_MAILBOX)
    secret = (stand.var / "secrets" / "estate_backup_master").read_text()

    def found():
        return looking.hits(search, stand.var, plan, databases=DATABASES, secret=secret)

    assert_everywhere(found(), desk)
    reference = ask(people, person)
    approve(people, reference)
    delete_by_hand(people, person, desk, tmp_path)
    bundle = proof(people, reference, tmp_path)
    artifact = json.loads(ZipFile(bundle).read("artifact.json"))
    assert_attested(artifact)
    listed = {left["where"]: left["expires_on"] for system in artifact["systems"] for left in system["residuals"]}
    left = looking.mailbox_apart(found(), plan)
    assert looking.places(left) <= {where for where, day in listed.items() if day}, sorted(left)
    assert set(search.tables(plan.database_url)) <= {"public.demo_mail"}
    assert search.folder(tmp_path / "taken") | search.folder(desk.file.parent) == set()

    stand.python(EMPTY_MAILBOX.format(to=person.email))
    stand.python(PURGED)
    until(lambda: stand.python(REWRITTEN.format(reference=reference)).strip() == "yes", 300, "the purge")
    looking.rotate(stand.var, plan)
    assert sorted(found()) == []
    assert search.tables(plan.database_url) == {}
    page = people.page("pia", f"/privacy/requests/{reference}/record/")
    assert page.get_by_text("Destroyed").first.is_visible()


def assert_everywhere(hits, desk):
    """The search sees the customer in the files of each kind of system before anything is deleted."""
    areas = {"postgres/data/base/", "estate/lake/", "estate/valkey/", "estate/lakehouse/", "estate/loyalty/"}
    seen = {area for area in areas for each in hits if each.path.startswith(area)}
    assert seen == areas
    assert {each.what for each in hits} >= {"e-mail", "customer id", "device", "name", "vector"}
    assert any(each.path.startswith("estate/backups/") and each.inside == "opened" for each in hits)
    assert desk.file.read_text().count("zelda") == 1


def ask(people, person):
    """The public form, the letter in the mailbox, its link, its code; the request's reference."""
    page = people.page("nobody", "/privacy/ask/")
    page.get_by_label("What is your e-mail address?").fill(person.email)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Do you know your customer number?").fill(person.customer_id)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send the request").click()
    reference = page.locator(".confirmation .reference").inner_text()
    link = page.locator("main a[href*='/privacy/status/']")
    again_until(page, f"/demo/mailbox/?to={person.email}", link)
    code = CODE.findall(page.locator("main").inner_text())[-1]
    link.first.click()
    page.get_by_label("The code from our message").fill(code)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_selector(".notice--ok")
    return reference


def again_until(page, path, wanted, patience_s=150):
    """Open a page again until something is on it."""

    def there():
        page.goto(path)
        return wanted.count() > 0

    until(there, patience_s, f"{wanted} on {path}")


def approve(people, reference):
    """One officer decides about the device and plans, another one signs, and so does the head of data: high risk."""
    address = f"/privacy/requests/{reference}/"
    pia = people.page("pia", address)
    device = pia.get_by_role("link", name="links that a person decides about")
    again_until(pia, address, device)
    device.click()
    follow = pia.locator("section.card > form").filter(has=pia.get_by_role("button", name=re.compile("^Follow")))
    while follow.count():
        follow.first.get_by_label("Reason").fill("The device is in one profile, and it is theirs.")
        follow.first.get_by_role("button", name=re.compile("^Follow")).click()
    again_until(pia, address, pia.get_by_role("link", name="Plan the deletion"))
    pia.get_by_role("link", name="Plan the deletion").click()
    pia.get_by_role("button", name="Look at every system").click()
    pia.wait_for_selector("text=Submit for approval", timeout=240_000)  # by polling
    while (open_ones := pia.get_by_label("Reason for leaving it out")).count():
        open_ones.first.fill("No customer is in it: counts and figures only.")
        pia.get_by_role("button", name="Leave it out").first.click()
    pia.get_by_role("button", name="Submit the plan").click()
    pia.wait_for_selector("text=Still to sign")
    petra = people.page("petra", f"{address}approve/")
    petra.get_by_role("button", name=re.compile("^Decide [0-9]+ point")).click()
    people.sign(petra, "petra")
    petra.wait_for_selector("text=the deletion begins when the head of data has signed too")
    hal = people.page("hal", f"{address}approve-high-risk/")
    people.sign(hal, "hal")
    hal.wait_for_selector("text=You have signed")


def delete_by_hand(people, person, desk, folder):
    """The owner of the desk does there what the task says, and hands in what shows it."""
    ana = people.page("ana")
    task = ana.get_by_role("link", name="support_desk")
    again_until(ana, "/privacy/by-hand/", task)
    task.click()
    ana.get_by_role("button", name="Show it in clear").click()
    shown = ana.locator("dl.summary dd").first.inner_text()
    assert shown == person.email
    gone = desk.delete_for_good(shown)
    paper = folder / f"{person.email}.txt"
    paper.write_text(f"deleted: {gone} case of {person.email}\n")
    ana.get_by_label("Deleted", exact=True).check()
    ana.get_by_label("Records deleted").fill(str(gone))
    ana.get_by_label("Document that shows it").set_input_files(paper)
    ana.get_by_label("What else is to be said").fill(f"The vendor's console shows {person.name} no more.")
    ana.get_by_label("I did this myself").check()
    ana.get_by_role("button", name="Attest it").click()
    ana.wait_for_selector("text=Attested")
    paper.unlink()


def proof(people, reference, folder):
    """What the officer takes away when the page says, by itself, that it is proved."""
    page = people.page("pia", f"/privacy/requests/{reference}/")
    page.wait_for_selector("text=Deletion proved", timeout=300_000)  # by polling, without a click
    page.get_by_role("link", name="Read the proof and take the files").click()
    (folder / "taken").mkdir()
    for name in ("PDF", "JSON", "Bundle (ZIP)"):
        with page.expect_download() as download:
            page.get_by_role("link", name=name, exact=True).click()
        path = folder / "taken" / download.value.suggested_filename
        download.value.save_as(path)
    return path


def assert_attested(artifact):
    """Every place was looked at, held the customer, and is settled."""
    systems = {(each["name"], each["dataset"]): each for each in artifact["systems"]}
    assert set(systems) >= PLACES, sorted(systems)
    for place in PLACES - {("support_desk", "support_cases")}:
        assert systems[place]["verdict"] in {"erased", "residual"}, systems[place]
        assert any(probe["before"] for probe in systems[place]["probes"].values() if probe), systems[place]
    assert systems["support_desk", "support_cases"]["status"] == "attested"
