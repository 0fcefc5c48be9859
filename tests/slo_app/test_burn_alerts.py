"""Burn alerts: the standard set, a slow burn in the dead band that only they see, and no second page for one breach."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from slo_app.domain.alert import Phase
from slo_app.domain.measurement import Reading
from slo_app.models import Alert, BurnAlert, Incident, Slo
from slo_app.probing import Look
from slo_app.services import lease_due, record_look
from slo_app.services.burning import arm
from tests.slo_app.estate import freshness_of

pytestmark = pytest.mark.django_db
GOOD, DEAD_BAND, BAD = Decimal(3), Decimal(17), Decimal(60)


@pytest.fixture
def slo(world):
    """Freshness with the standard burn alerts."""
    asset = Asset.objects.create(namespace="tests", name="events", kind="table", owner_team=world.platform)
    made = freshness_of(asset)
    arm(made)
    return made


def minutes_of(slo, clock, value, number):
    """One look a minute."""
    for _ in range(number):
        clock.move(minutes=1)
        Slo.objects.filter(pk=slo.pk).update(next_due_at=now())
        [(pk, fence)] = lease_due()
        record_look(slo_id=pk, fence=fence, look=Look(now(), Reading(now(), value), cost_ms=1))


def burning():
    return sorted(Alert.objects.exclude(burn="").filter(phase=Phase.FIRING.value).values_list("burn", flat=True))


def test_an_slo_has_those_of_the_standard_set_that_can_fire_and_mean_something(slo):
    assert [str(each.factor.normalize()) for each in slo.burn_alerts.all()] == ["14.4", "6", "3", "1"]
    slo.objective, slo.interval = Decimal("0.9"), timedelta(hours=1)
    arm(slo)
    assert [(str(each.factor.normalize()), each.severity) for each in BurnAlert.objects.all()] == [("1", "ticket")]


def test_a_slow_burn_in_the_dead_band_fires_and_clears_when_the_burning_ends(slo, clock):
    minutes_of(slo, clock, GOOD, 40)
    minutes_of(slo, clock, DEAD_BAND, 12)
    assert burning() == ["14.4"]
    incident = Incident.objects.get()
    assert (incident.kind, incident.severity) == ("burn", "page")
    assert "burn rate" in " ".join(incident.timeline.values_list("text", flat=True))
    assert Alert.objects.get(burn="").phase == Phase.OK.value
    minutes_of(slo, clock, GOOD, 12)
    assert burning() == []
    incident.refresh_from_db()
    assert incident.resolved_at


def test_one_breach_is_one_incident_though_the_budget_burns_too(slo, clock):
    minutes_of(slo, clock, GOOD, 35)
    minutes_of(slo, clock, BAD, 25)
    assert Incident.objects.get().kind == "breach"
    minutes_of(slo, clock, GOOD, 60)
    assert Incident.objects.get().resolved_at
    assert burning() == []


def test_a_new_slo_does_not_burn_before_half_of_the_window_was_judged(slo, clock):
    minutes_of(slo, clock, DEAD_BAND, 20)
    assert burning() == []
    minutes_of(slo, clock, DEAD_BAND, 15)
    assert burning() == ["14.4"]
