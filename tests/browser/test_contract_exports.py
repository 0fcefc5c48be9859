"""Exporting in a real browser: the menu of formats, a download, and the PDF that a worker makes meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from contracts_app import services
from contracts_app.models import StoredExport
from tests.browser.browsing import assert_accessible, assert_fits, shoot
from tests.contracts_app import life


@pytest.fixture
def address(world):
    life.register_names(world)
    version = life.signed(world)
    return f"{reverse('contracts:page', args=[version.contract_id])}?tab=exports"


def make_in_a_worker(pk):
    try:
        services.make_export(pk)
    finally:
        connection.close()


def test_a_format_is_downloaded_and_the_pdf_appears_when_its_worker_is_done(visit, address):
    page = visit("cleo", address)
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Markdown").click()
    assert download.value.suggested_filename == "customer_events_v1-1.2.0.md"
    page.get_by_role("button", name="Make it as PDF").click()
    page.get_by_text("Being made").wait_for()
    with ThreadPoolExecutor(1) as worker:  # as in life: never in the process of the page
        worker.submit(make_in_a_worker, StoredExport.objects.get().pk).result()
    page.get_by_role("link", name="Download PDF").wait_for()
    assert_accessible(page)
    shoot(page, "contract-exports")


def test_the_menu_fits_a_telephone_and_a_dark_room(visit, address):
    page = visit("cleo", address, width=320, scheme="dark")
    assert_fits(page)
    assert_accessible(page)
    shoot(page, "contract-exports-dark")
