"""Whom the RACI has as consulted or informed hears of a breach once, and of a day's breaches once."""

from datetime import timedelta

import pytest
from django.core import mail

from portal.core.notify.services import deliver_waiting
from portal.core.raci import selectors as raci
from portal.core.raci.domain.matrix import Row, seats_of
from portal.core.raci.models import Row as Stored
from slo_app.services.breach_summary import tell_summary
from tests.access.raci import put_in_force
from tests.slo_app.estate import asset_on, freshness_of, the_incident, work_for

pytestmark = pytest.mark.django_db


def posted():
    mail.outbox.clear()
    deliver_waiting(500)
    return [(letter.to[0], letter.subject, letter.body) for letter in mail.outbox]


def test_the_informed_of_an_assets_row_hear_of_its_breach_once_and_of_the_day_by_the_workstream(
    table, event, world, clock, monkeypatch
):
    asset = asset_on(table, world, monkeypatch)
    duties = {"R": ["team:platform"], "A": ["role:head_of_data"], "I": ["role:auditor"]}
    row = Row(raci.asset_key(asset), asset.name, seats_of(duties))
    version = put_in_force(world, row)
    Stored.objects.filter(key=row.key).update(asset=asset, version=version)
    stream = Row(
        "workstream:observability-slos", "Observability SLOs", seats_of(duties | {"I": ["role:administrator"]})
    )
    put_in_force(world, stream, number=2)

    slo = freshness_of(asset)
    table.fill(event(1, 45))
    work_for(clock, 5)
    incident = the_incident(slo)
    told = [each for each in posted() if each[0] == "aud@example.org"]
    assert len(told) == 1
    assert told[0][1].startswith(f"{incident.number} breach")
    assert "the RACI has Auditor as informed" in told[0][2]

    tomorrow = incident.fired_at + timedelta(days=1)
    assert (tell_summary(tomorrow), tell_summary(tomorrow)) == (1, 1)
    [(address, subject, body)] = posted()
    assert (address, subject) == ("ada@example.org", f"SLOs on {incident.fired_at:%d %b %Y}: 1 breach")
    assert incident.number in body
    assert tell_summary(tomorrow + timedelta(days=3)) == 0, "a day without breaches says nothing"
