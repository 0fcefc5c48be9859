"""Where each person begins, and what their navigation and the help page show."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.core.catalog.services import adopt_asset
from portal.core.clock.services import now
from portal.core.identity.actors import actor_of
from portal.core.identity.models import Membership
from portal.pages.navigation import ROOMS, first_page, grouped, open_rooms
from slo_app.models import Alert, Incident, Slo


@pytest.mark.parametrize(
    ("name", "path"),
    [("pia", "/privacy/"), ("aud", "/evidence/"), ("dan", "/slos/"), ("ana", "/"), ("cleo", "/"), ("ada", "/")],
)
def test_signing_in_leads_to_the_first_page_of_the_role(world, name: str, path: str) -> None:
    answer = world.client(name).get("/start/")
    assert answer.status_code == 302
    assert answer["Location"] == path


def test_whoever_comes_for_several_things_begins_with_their_work(world) -> None:
    Membership.objects.create(user=world.pia, role="auditor")
    world.pia.forget_grants()
    assert first_page(world.pia) == "/"


def test_an_engineer_on_call_begins_with_the_alert_that_nobody_took(world) -> None:
    asset = adopt_asset(
        actor=actor_of(world.ana), namespace="demo", name="orders", kind="table", owner_team=world.platform
    )
    at = now()
    slo = Slo.objects.create(
        asset=asset, kind="freshness", target_op="<=", target_value=60, alert_op=">", alert_value=120,
        hold=timedelta(), clear_for=timedelta(), interval=timedelta(minutes=1), objective=Decimal("0.99"),
        owner_team=world.platform, created_at=at, next_due_at=at,
    )  # fmt: skip
    alert = Alert.objects.create(slo=slo, dedup_key="k", watched_since=at)
    incident = Incident.objects.create(alert=alert, slo=slo, kind="breach", severity="page", fired_at=at)
    assert world.client("dan").get("/start/")["Location"] == incident.get_absolute_url()
    assert world.client("ana").get("/start/")["Location"] == "/"
    Incident.objects.update(acknowledged_at=at)
    assert world.client("dan").get("/start/")["Location"] == "/slos/"


def test_rooms_of_one_group_stand_together_and_each_says_what_is_there() -> None:
    groups = [room.group for room in ROOMS]
    assert groups == sorted(groups, key=groups.index), "a group is split: put its rooms together"
    assert len({room.path for room in ROOMS}) == len(ROOMS)
    assert all(room.about.endswith(".") for room in ROOMS)


def test_the_help_page_names_the_rooms_of_the_person_and_who_gives_roles(world) -> None:
    page = world.client("cleo").get("/help/").content.decode()
    for _, rooms in grouped(open_rooms(world.cleo)):
        for room in rooms:
            assert room.about.replace("'", "&#x27;") in page
    assert "Ada Administrator" in page
    assert "Requests for deletion" not in page


def test_every_page_leads_to_help_from_the_same_place(world) -> None:
    for path in ("/", "/contracts/", "/slos/"):
        foot = world.client("ana").get(path).content.decode().split('<footer class="foot">')[1]
        assert foot.index('href="/help/"') < foot.index("Times are UTC")
