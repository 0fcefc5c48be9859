"""The provenance answer as an auditor takes it: asked by keyboard, read, taken as a document and downloaded."""

from __future__ import annotations

import re
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from portal.pages.provenance import services
from portal.pages.provenance.models import GivenAnswer
from tests.browser.browsing import assert_accessible, assert_fits, shoot
from tests.pages.provenance_ground import SCORED, adopt, agree, at, tell, watch


@pytest.fixture
def told(world):
    with transaction.atomic():
        tell(world)
        assets = adopt(world)
        agree(world, assets["orders"], since=at(20))
        watch(world, assets["orders"], (at(48), "ok"))
    return assets


def _make(pk: int) -> None:
    try:
        services.make(pk)
    finally:
        connection.close()


def test_an_auditor_asks_by_keyboard_follows_a_number_and_takes_the_answer_with_its_proof(visit, world, told, tmp_path):
    page = visit("aud", "/provenance/")
    assert_accessible(page)
    page.get_by_label("What do you want to know about?").focus()
    page.keyboard.type(SCORED)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=0199"))
    assert page.get_by_text("5 input datasets").count() == 0
    page.get_by_role("link", name="4 input datasets").press("Enter")
    assert page.url.endswith("#inputs")
    for key in ("#contracts", "#slos", "#deletions", "#gaps"):
        assert page.locator(f'a[href="{key}"]').count() >= 1, key
    shoot(page, "provenance-answer")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Take as signed document").press("Enter")
    page.wait_for_url(re.compile(r"/provenance/answers/\d+/"))
    assert page.get_by_text("This page looks by itself").is_visible()
    with ThreadPoolExecutor(1) as worker:  # as in life: never in the process of the page
        worker.submit(_make, GivenAnswer.objects.get().pk).result()
    link = page.get_by_role("link", name=re.compile("Bundle"))
    link.wait_for(timeout=15_000)
    shoot(page, "provenance-given")
    assert_accessible(page)
    with page.expect_download() as taken:
        link.press("Enter")
    path = tmp_path / "bundle.zip"
    taken.value.save_as(path)
    assert {"proof.json", "proof.pdf", "verify.py", "proof.tlog"} <= set(zipfile.ZipFile(path).namelist())


def test_what_has_no_answer_offers_clearer_questions_that_a_click_asks(visit, told):
    page = visit("cleo", "/provenance/?q=model:demo/model")
    page.get_by_role("link", name="model:demo/model@7").click()
    page.wait_for_url(re.compile(r"model%40?7|model@7|%407"))
    assert page.get_by_role("heading", level=1).inner_text().startswith("Provenance of demo/model in version 7")
