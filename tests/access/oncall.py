"""Who may open the on-call pages, change a rotation of Data Platform, handle its pages, and send alerts."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from portal.core.catalog.models import TeamAddress
from portal.core.clock.services import now
from portal.core.notify.models import Message
from portal.core.oncall.models import Absence, Override, Page, Plan, Rotation, Turn
from portal.core.oncall.selectors.feeds import key_of
from tests.access_entry import ALL, NONE, PUBLIC, Entry
from tests.people import World

HANDLERS = {"owner", "on_call"}
KEEPERS = {"owner", "administrator"}
TEAM = {"slug": "platform"}
AWAY = {"starts_at": "2099-01-05T09:00", "ends_at": "2099-01-06T09:00", "zone": "UTC"}
WEBHOOK: dict[str, Any] = {
    "version": "4",
    "alerts": [{"status": "firing", "labels": {"alertname": "Lag", "team": "platform"}, "fingerprint": "a" * 16}],
}


def a_page(world: World) -> dict[str, int]:
    made = Page.objects.create(
        team=world.platform, key="k", summary="Orders are stale", severity="page", opened_at=now()
    )
    return {"pk": made.pk}


def a_rotation(world: World) -> Rotation:
    made = Rotation.objects.create(team=world.platform, name="First line", created_at=now())
    plan = Plan.objects.create(
        rotation=made, starts_on=date(2026, 1, 5), hand_off=time(9), time_zone="Europe/Berlin", period="week",
        author=world.ana, created_at=now(),
    )  # fmt: skip
    Turn.objects.create(plan=plan, position=0, person=world.dan)
    Turn.objects.create(plan=plan, position=1, person=world.ana)
    return made


def rotation(world: World) -> dict[str, int]:
    return {"pk": a_rotation(world).pk}


def override(world: World) -> dict[str, int]:
    span = {"starts_at": now(), "ends_at": now() + timedelta(hours=8), "author": world.ana, "created_at": now()}
    return {"pk": Override.objects.create(rotation=a_rotation(world), person=world.ana, **span).pk}


def lived_in(world: World) -> dict[str, str]:
    """A team whose page has everything on it: a rotation, a shift taken over, a page, somebody who left."""
    made = a_rotation(world)
    Turn.objects.create(plan=made.plans.get(), position=2, person=world.bob)
    span = {"starts_at": now() + timedelta(hours=3), "ends_at": now() + timedelta(hours=15)}
    Override.objects.create(
        rotation=made, person=world.ana, reason="Swapped", author=world.ana, created_at=now(), **span
    )
    a_page(world)
    return TEAM


def address(world: World) -> dict[str, int]:
    made = TeamAddress.objects.create(team=world.platform, text="https://hooks.example/1", kind="webhook")
    return {"pk": made.pk}


def a_test(world: World) -> dict[str, Any]:
    pk = address(world)["pk"]
    Message.objects.create(
        channel="webhook", dedup_key=f"oncall.test:{pk}:abc:trigger", created_at=now(), next_attempt_at=now()
    )
    return {"pk": pk, "mark": "abc"}


def absence(world: World) -> dict[str, int]:
    span = {"starts_at": now(), "ends_at": now() + timedelta(hours=8), "author": world.ana, "created_at": now()}
    return {"pk": Absence.objects.create(person=world.ana, **span).pk}


def feed(world: World) -> dict[str, str]:
    return {"key": key_of(world.dan)}


def plan(world: World) -> dict[str, Any]:
    wish = {"starts_on": "2099-01-05", "hand_off": "09:00", "time_zone": "Europe/Berlin", "period": "week"}
    return wish | {"layer": "1", "person_1": world.dan.pk, "name": "Second line"}


def taking(world: World) -> dict[str, Any]:
    return AWAY | {"rotation": a_rotation(world).pk, "person": world.dan.pk} | _tomorrow()


def _tomorrow() -> dict[str, str]:
    start = datetime.now(UTC) + timedelta(days=1)
    return {"starts_at": f"{start:%Y-%m-%dT%H:%M}", "ends_at": f"{start + timedelta(hours=8):%Y-%m-%dT%H:%M}"}


ACCESS = [
    Entry("oncall:overview", ALL),
    Entry("oncall:team", ALL, lived_in),
    Entry("oncall:page", ALL, a_page),
    Entry("oncall:acknowledge", HANDLERS, a_page, "post"),
    Entry("oncall:resolve", HANDLERS, a_page, "post", {"text": "The load was late."}),
    Entry("oncall:rotation", ALL, rotation),
    Entry("oncall:rotation-new", KEEPERS, TEAM),
    Entry("oncall:rotation-new", KEEPERS, TEAM, "post", plan),
    Entry("oncall:plan", KEEPERS, rotation),
    Entry("oncall:plan", KEEPERS, rotation, "post", plan),
    Entry("oncall:take", HANDLERS, TEAM),
    Entry("oncall:take", HANDLERS, TEAM, "post", taking),
    Entry("oncall:withdraw", HANDLERS, override, "post"),
    Entry("oncall:ladder", KEEPERS, TEAM),
    Entry("oncall:ladder", KEEPERS, TEAM, "post", {"repeats": "2", "who_1": "owners", "wait_1": "10"}),
    Entry("oncall:addresses", KEEPERS, TEAM),
    Entry(
        "oncall:addresses",
        KEEPERS,
        TEAM,
        "post",
        {"kind": "webhook", "text": "https://hooks.example/2", "secret": "", "purpose": "alerts"},
    ),
    Entry("oncall:remove-address", KEEPERS, address, "post"),
    Entry("oncall:send-test", KEEPERS, address, "post"),
    Entry("oncall:test", KEEPERS, a_test),
    Entry("oncall:reveal", KEEPERS, address, "post"),
    Entry("oncall:outbox", {"administrator"}),
    Entry("oncall:mine", ALL),
    Entry(
        "oncall:mine",
        ALL,
        None,
        "post",
        {"starts_at": "2099-01-05T09:00", "ends_at": "2099-01-06T09:00", "zone": "UTC"},
    ),
    Entry("oncall:end-absence", ALL, absence, "post"),
    Entry("oncall:feed", PUBLIC, feed),
    Entry(
        "api:alerts-alertmanager",
        NONE,
        method="post",
        data=WEBHOOK,
        content_type="application/json",
        token="alerts:write",
    ),
]
