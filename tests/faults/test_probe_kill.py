"""Workers killed between a look and its record: nothing half is left, and the SLO is measured again."""

import signal
from datetime import timedelta

import pytest

from portal.core.clock import services as clock
from slo_app.models import Measurement, Slo, Tally
from slo_app.services import lease_due
from tests.faults import dying
from tests.slo_app.conftest import event, table  # noqa: F401  (the live sources of the app's own tests)
from tests.slo_app.estate import asset_on, freshness_of


def worker(settings, pair, word):
    """One worker process to its end, natural or not."""
    return dying.run("dying_prober", settings.VAR_DIR, *pair, word)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_before_its_record_leaves_nothing(table, event, world, monkeypatch, settings):  # noqa: F811
    table.fill(event(1, 3))
    slo = freshness_of(asset_on(table, world, monkeypatch))
    [first] = lease_due()
    code, said = worker(settings, first, "die")
    assert code == -signal.SIGKILL, said
    assert not Measurement.objects.exists()
    assert not Tally.objects.exists()
    assert lease_due() == [], "its lease still holds"
    clock.move(clock.offset() + timedelta(minutes=2, seconds=1))
    [second] = lease_due()
    code, said = worker(settings, second, "live")
    assert code == 0, said
    code, said = worker(settings, first, "live")
    assert code == 0, said
    assert Measurement.objects.count() == 1, "the message of the killed worker comes again and finds nothing to do"
    assert Slo.objects.get(pk=slo.pk).leased_until is None
