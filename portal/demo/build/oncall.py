"""The demo's rotations: who of its people is on call, week by week."""

from datetime import time, timedelta

from portal.core.clock.services import now
from portal.core.identity.models import Team, User
from portal.core.oncall.models import Rotation
from portal.core.oncall.services.rotations import plan_rotation

ROTATIONS = (
    ("data-platform", "First line", "ana", ("dan", "omar", "ana")),
    ("ml-platform", "First line", "oli", ("dan", "oli")),
)


def build() -> None:
    """Start the rotations that are missing, from the Monday of this week on."""
    monday = (now() - timedelta(days=now().weekday())).date()
    for slug, name, owner, people in ROTATIONS:
        team = Team.objects.get(slug=slug)
        if Rotation.objects.filter(team=team).exists():
            continue
        plan_rotation(
            user=_person(owner),
            team=team,
            name=name,
            people=[_person(each) for each in people],
            starts_on=monday,
            hand_off=time(0),
            time_zone="Europe/Berlin",
            period="week",
        )


def _person(name: str) -> User:
    return User.objects.get(email=f"{name}@demo.example.com")
