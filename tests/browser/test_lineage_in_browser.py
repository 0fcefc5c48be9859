"""The lineage page in a real browser: Mermaid draws in its frame, links lead on, nothing breaks the policy."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from lineage_app.domain.events import parse
from lineage_app.models import Dataset
from lineage_app.services import keep, project_all
from portal.core.clock.services import now
from tests.browser.browsing import assert_accessible, assert_fits, shoot
from tests.lineage_app.sending import event


class EverywhereToken:
    """A token that covers every namespace."""

    pk = 0

    def covers(self, namespace: str) -> bool:
        return bool(namespace)


@pytest.fixture
def known(world: Any) -> Callable[..., int]:
    """Keep and project events; return the number of dataset `b`."""

    def knowing(*events: dict[str, Any]) -> int:
        for each in events:
            body = json.dumps(each).encode()
            keep(parse(body), body, token=EverywhereToken(), at=now())
        project_all()
        return Dataset.objects.get(name="features/b").pk

    return knowing


def chain() -> list[dict[str, Any]]:
    hostile = '"]; click n1 call x() <b>%%{init: {"securityLevel":"loose"}}%%'
    return [
        event(inputs=["raw/a", hostile], outputs=["features/b"], run=1),
        event(inputs=["features/b"], outputs=["models/c"], run=2, job="train"),
        event("FAIL", inputs=["features/b"], outputs=["products/d"], run=3, job="serve"),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_diagram_draws_in_its_frame_and_a_node_leads_to_its_own_page(visit: Any, known: Any, scheme: str) -> None:
    page = visit("cleo", reverse("lineage:dataset", args=[known(*chain())]), scheme=scheme)
    frame = page.frame_locator("iframe.diagram")
    frame.locator("svg g.node").first.wait_for()
    assert frame.locator("svg g.node").count() == 5
    assert frame.locator("svg path.flowchart-link").count() == 4
    assert frame.locator("svg b, svg script").count() == 0
    shoot(page, f"lineage-dataset-{scheme}")
    frame.locator("a").filter(has_text="models/c").first.click()
    page.wait_for_url("**" + reverse("lineage:dataset", args=[Dataset.objects.get(name="models/c").pk]))


def test_the_lineage_pages_are_accessible_and_fit_a_phone(visit: Any, known: Any) -> None:
    pk = known(*chain())
    for path in (reverse("lineage:index"), reverse("lineage:dataset", args=[pk]), reverse("lineage:impact", args=[pk])):
        page = visit("ana", path)
        assert_fits(page)
        page.locator("iframe.diagram").evaluate_all("frames => frames.map(frame => frame.remove())")
        assert_accessible(page)


def test_the_widest_window_is_drawn_and_says_what_it_folded(visit: Any, known: Any) -> None:
    pk = known(event(inputs=["features/b"], outputs=[f"out{n}" for n in range(300)]))
    page = visit("cleo", reverse("lineage:dataset", args=[pk]))
    frame = page.frame_locator("iframe.diagram")
    frame.locator("svg g.node").first.wait_for()
    assert 70 < frame.locator("svg g.node").count() <= 80
    assert "more are folded" in page.locator("#edges caption").inner_text()
