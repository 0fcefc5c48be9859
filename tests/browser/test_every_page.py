"""Every page of the portal, taken from the access matrix: axe in light and dark, 320 px, weight, the watched policy."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from tests.access_entry import PLAYERS, Entry
from tests.browser.browsing import assert_accessible, assert_fits, assert_light, shoot

MATRIX = Path(__file__).resolve().parents[1] / "access"


def _entries() -> list[Entry]:
    found = []
    for path in sorted(MATRIX.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"tests.access.pages_of_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found += module.ACCESS
    return [entry for entry in found if entry.method == "get" and not entry.token and entry.allowed]


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: entry.name)
def test_a_page_reads_well_in_light_and_dark_and_fits_a_phone(entry: Entry, visit, world) -> None:
    with transaction.atomic():
        url = reverse(entry.name, kwargs=entry.kwargs(world) if callable(entry.kwargs) else entry.kwargs)
        data = (entry.data(world) if callable(entry.data) else entry.data) or {}
    name = PLAYERS[sorted(part for part in entry.allowed if part != "nobody")[0]]
    answer = world.client(name).get(url, data)
    assert answer.status_code < 400
    if not answer.get("Content-Type", "").startswith("text/html") or answer.status_code >= 300:
        return  # a file or a redirect: there is no page to read
    query = "&".join(f"{key}={value}" for key, value in data.items())
    page = visit(name, f"{url}?{query}" if query else url)
    page.wait_for_load_state("networkidle")  # the diagram in its frame is drawn by a module of its own
    shoot(page, f"page-{entry.name.replace(':', '-')}")
    assert_accessible(page)
    assert_fits(page)
    assert_light(page)
