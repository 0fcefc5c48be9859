"""Each row of the catalog on real pages: the breach on the first page, acknowledged, its runbook ticked, resolved."""

from __future__ import annotations

import pytest

from slo_app.domain.alert import Phase
from slo_app.models import Incident
from tests.browser.browsing import assert_accessible, assert_fits, shoot
from tests.slo_app import six_rows
from tests.slo_app.six_rows import FULL, NONE


@pytest.fixture(params=six_rows.ROWS, ids=lambda kind: kind.kind)
def journey(request, postgres_server, world, clock, monkeypatch):
    """Each row of the catalog in turn, calm."""
    yield from six_rows.journeys(request.param, postgres_server.plan, world, clock, monkeypatch)


def test_whoever_is_on_call_takes_the_breach_on_ticks_the_runbook_and_sees_it_resolved(journey, visit):
    journey.go(steps=journey.row.calm)
    journey.row.fault(FULL)
    journey.go(until=Phase.FIRING)
    incident = Incident.objects.get(slo=journey.slo, kind="breach")

    page = visit("dan", "/")
    page.locator(f"main a[href*='/incidents/{incident.pk}/']").first.click()
    page.get_by_role("button", name="Acknowledge").first.click()
    page.get_by_text("Acknowledged").first.wait_for()
    page.get_by_role("button", name="Mark done").first.click()
    page.get_by_role("button", name="Undo").first.wait_for()
    assert_accessible(page)
    assert_fits(page)
    incident.refresh_from_db()
    assert incident.acknowledged_by.name == "Dan On-Call"
    assert [tick.step for tick in incident.ticks.all()] == [0]

    journey.row.fault(NONE)
    journey.go(until=Phase.RESOLVED)
    page.reload()
    page.get_by_text("Resolved by itself").first.wait_for()
    page.get_by_label("Post-mortem").first.wait_for()
    shoot(page, f"incident-{journey.row.kind}-resolved")
    page.goto(journey.slo.get_absolute_url())
    page.get_by_text("On target").first.wait_for()
