"""A team with a rotation, and what its pages said."""

from datetime import UTC, date, datetime, time

import pytest

from portal.core.identity.models import Membership
from portal.core.notify.services import deliver_waiting
from portal.core.oncall.models import Plan, Rotation, Turn
from tests.recording import recorder  # noqa: F401

START = datetime(2026, 3, 2, 8, tzinfo=UTC)  # a Monday; 9:00 in Berlin


@pytest.fixture
def rotation_of():
    """Makes a weekly rotation of people from 2 March 2026, 9:00 in Berlin; they get the role that it takes."""

    def make(team, *people, name="First line", **changes):
        rotation = Rotation.objects.create(team=team, name=name, created_at=START)
        fields = {"starts_on": date(2026, 3, 2), "hand_off": time(9), "time_zone": "Europe/Berlin", "period": "week"}
        plan = Plan.objects.create(rotation=rotation, author=people[0], created_at=START, **fields | changes)
        for position, person in enumerate(people):
            Turn.objects.create(plan=plan, position=position, person=person)
            if not person.memberships.filter(team=team, role__in=["owner", "on_call"]).exists():
                Membership.objects.create(user=person, team=team, role="on_call")
        return rotation

    return make


@pytest.fixture
def posted():
    """Delivers what waits, and returns to whom mail went since the last time, with its subjects."""
    from django.core import mail

    def collect():
        deliver_waiting()
        found = [(message.to[0].split("@")[0], message.subject) for message in mail.outbox]
        mail.outbox.clear()
        return found

    return collect
