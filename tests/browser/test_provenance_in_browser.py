"""The provenance answer: what has no answer yet offers clearer questions."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from tests.pages.provenance_ground import adopt, agree, at, tell, watch


@pytest.fixture
def told(world):
    with transaction.atomic():
        tell(world)
        assets = adopt(world)
        agree(world, assets["orders"], since=at(20))
        watch(world, assets["orders"], (at(48), "ok"))
    return assets


def test_what_has_no_answer_offers_clearer_questions_that_a_click_asks(visit, told):
    page = visit("cleo", "/provenance/?q=model:demo/model")
    page.get_by_role("link", name="model:demo/model@7").click()
    page.wait_for_url(re.compile(r"model%40?7|model@7|%407"))
    assert page.get_by_role("heading", level=1).inner_text().startswith("Provenance of demo/model in version 7")
