"""Each row of the catalog breached by real data: alert after its time, page, acknowledged, mended, resolved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from portal.core.notify.services import deliver_waiting
from slo_app.domain.alert import Phase
from slo_app.domain.bounds import plain
from slo_app.models import Incident
from slo_app.services import acknowledge, tick_step
from tests.slo_app import six_rows
from tests.slo_app.six_rows import FULL, HALF, NONE, phase

pytestmark = pytest.mark.django_db
CATALOG = {  # the programme's table: target, alert, for
    "freshness": ("≤ 15", "> 20", timedelta(minutes=5)),
    "completeness": ("≥ 99.5", "< 99", timedelta(minutes=10)),
    "accuracy": ("≥ 99.9", "< 99.7", timedelta(minutes=15)),
    "vector_sync_lag": ("≤ 10", "> 15", timedelta(minutes=5)),
    "drift": ("≤ 0.2", "> 0.25", timedelta(0)),
    "groundedness": ("≥ 98", "< 96", timedelta(0)),
}


@pytest.fixture(params=six_rows.ROWS, ids=lambda kind: kind.kind)
def journey(request, postgres_server, world, clock, monkeypatch):
    """Each row of the catalog in turn, calm."""
    yield from six_rows.journeys(request.param, postgres_server.plan, world, clock, monkeypatch)


def test_breach_alert_page_acknowledgement_fix_and_resolution_at_the_target(journey, world, clock):
    row, slo = journey.row, journey.slo
    assert (str(slo.target), str(slo.alert), slo.hold) == CATALOG[row.kind]
    journey.go(steps=row.calm)
    assert journey.last.result == "ok", journey.last.reason
    assert not Incident.objects.exists()

    row.fault(FULL)
    if slo.hold:
        journey.go(until=Phase.PENDING)
        assert not Incident.objects.filter(kind="breach").exists()
    journey.go(until=Phase.FIRING)
    incident = Incident.objects.select_related("slo", "alert").get(slo=slo, kind="breach")
    waited = incident.fired_at - incident.alert.pending_since
    assert slo.hold <= waited <= slo.hold + slo.interval + timedelta(seconds=5)
    assert slo.alert.holds(journey.last.value)

    deliver_waiting()
    letters = [each for each in mail.outbox if incident.number in each.subject]
    assert [each.to for each in letters] == [[world.dan.email]]
    assert plain(slo.alert_value) in letters[0].body

    acknowledge(user=world.dan, incident=incident)
    tick_step(user=world.dan, incident=incident, step=0, done=True)
    assert phase(slo) is Phase.ACKNOWLEDGED

    row.fault(HALF)
    journey.go(steps=max(2, int(2 * slo.clear_for / row.step)))
    assert not slo.alert.holds(journey.last.value)
    assert not slo.target.holds(journey.last.value)
    assert phase(slo) is Phase.ACKNOWLEDGED, "below the alert threshold is not yet at the target"

    row.fault(NONE)
    mended = clock.now()
    journey.go(until=Phase.RESOLVED)
    incident.refresh_from_db()
    assert slo.target.holds(journey.last.value)
    assert incident.resolved_by is None
    assert incident.resolved_at - mended >= slo.clear_for
    assert incident.postmortem_due_at == incident.resolved_at + timedelta(hours=24)
    assert [entry.what for entry in incident.timeline.all() if entry.what in ("fired", "acknowledged", "resolved")] == [
        "fired", "acknowledged", "resolved",
    ]  # fmt: skip
    deliver_waiting()
    subjects = [each.subject for each in mail.outbox if incident.number in each.subject]
    assert "resolved" in subjects[-1].lower(), subjects
