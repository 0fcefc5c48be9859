"""A deletion from the public form to the downloaded proof, by people in a real browser and workers called by hand."""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from zipfile import ZipFile

import pytest
from django.db import connection

from privacy_app import tasks
from privacy_app.models import Request
from tests.browser.browsing import assert_accessible, assert_fits, picture, shoot
from tests.privacy_app.conftest import code_in, drive, four, letters  # noqa: F401 the estate of the app's own tests


@pytest.fixture
def calm():
    from django.core.cache import cache

    cache.clear()  # the limits of other tests


def elsewhere(act, *arguments):
    """Do something as a worker does, in a thread of its own: Playwright's event loop runs in this one."""

    def work():
        try:
            act(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def look(page, name):
    assert_accessible(page)
    assert_fits(page)
    shoot(page, name)


def test_a_person_is_deleted_from_the_public_form_to_the_downloaded_proof(
    visit,
    world,
    four,
    drive,
    letters,
    code_in,
    calm,
    tmp_path,
):
    page = visit("nobody", "/privacy/ask/")
    look(page, "privacy-ask")
    page.get_by_label("What is your e-mail address?").fill(four.email)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    look(page, "privacy-check-answers")
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_selector(".confirmation")
    look(page, "privacy-reference")
    request = Request.objects.get()

    code = code_in()
    page.goto(re.search(r"http://localhost:\d+(/privacy/status/\S+)", letters()[-1].body)[1])
    page.get_by_label("The code from our message").fill(code)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_selector(".notice--ok")
    look(page, "privacy-status")
    tasks.resolve_waiting()

    page = visit("pia", "/privacy/")
    look(page, "privacy-inbox")
    picture(page, "privacy-inbox")
    page.get_by_role("link", name=request.req_id).click()
    look(page, "privacy-request")
    page.get_by_role("link", name="Plan the deletion").click()
    page.get_by_role("button", name="Look at every system").click()
    page.wait_for_selector("text=Finding out where the data can be")
    elsewhere(tasks.look_at_systems)
    page.wait_for_selector("text=Submit for approval")  # by polling
    look(page, "privacy-plan")
    picture(page, "privacy-plan")
    page.get_by_role("button", name="Submit the plan").click()
    page.wait_for_selector("text=Still to sign: privacy officer")

    page = visit("petra", f"/privacy/requests/{request.req_id}/")
    page.get_by_role("link", name="Approve the plan").click()
    look(page, "privacy-approve")
    page.get_by_role("button", name=re.compile("^Decide [0-9]+ point")).click()
    look(page, "privacy-approve-decided")
    picture(page, "privacy-approve", at="h2:has-text('Your signature')", height=640)
    page.get_by_label("Your password").fill(world.password)
    page.get_by_label("One-time code").fill(world.code("petra"))
    page.get_by_role("button", name="Sign as").click()
    page.wait_for_selector("text=Deleting")
    look(page, "privacy-deleting")
    elsewhere(drive.work, request)
    page.wait_for_selector("text=Deletion proved")  # by polling, without a click
    look(page, "privacy-done")
    picture(page, "deletion", height=860)
    page.get_by_role("link", name="Read the proof and take the files").click()
    look(page, "privacy-proof")
    with page.expect_download() as download:
        page.get_by_role("link", name="Bundle (ZIP)").click()
    bundle = tmp_path / "bundle.zip"
    download.value.save_as(bundle)
    with ZipFile(bundle) as archive:
        assert {"proof.json", "proof.sig", "proof.tlog", "proof.pdf", "verify.py"} <= set(archive.namelist())
