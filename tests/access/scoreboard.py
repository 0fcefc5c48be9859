"""Who may open the scoreboard: everybody reads it; numbers of requests, board packs and closing days are for few."""

import uuid
from datetime import timedelta
from typing import Any

from portal.core.clock.services import now
from portal.core.evidence.services import store_artifact
from portal.core.identity.actors import system_actor
from portal.pages.scoreboard.counting import count
from portal.pages.scoreboard.models import BoardPack
from privacy_app.services import intake
from tests.access_entry import ALL, Entry
from tests.people import World

COUNTERS = {"privacy_officer", "head_of_data"}


def a_key() -> dict[str, str]:
    return {"idempotency_key": str(uuid.uuid4())}


def a_target(world: World) -> dict[str, Any]:
    """A target of everybody's, counted."""
    del world
    count(now())
    return {"key": "contracts"}


def a_request(world: World) -> dict[str, Any]:
    """The reference of a request, to be named a dummy's."""
    del world
    made = intake.receive(actor=system_actor("tests"), channel="form", email="nobody@example.org")
    return {"req_id": made.req_id}


def a_period(world: World) -> dict[str, Any]:
    """The present month, counted."""
    del world
    count(now())
    return {"period": f"{now():%Y-%m}", **a_key()}


def a_note(world: World) -> dict[str, Any]:
    """Why the day is closed although its points are open."""
    del world
    return {"note": "the day is over", **a_key()}


def a_pack(world: World) -> dict[str, Any]:
    """A pack that is ready."""
    kept = store_artifact(b"%PDF-1.7", media_type="application/pdf", name="board.pdf", retain_days=1)
    day = now().date()
    facts = {"since": day - timedelta(days=1), "until": day, "pdf_digest": kept.digest, "bundle_digest": kept.digest}
    made = BoardPack.objects.create(
        key=uuid.uuid4(), asked_by=world.hal, asked_at=now(), state=BoardPack.State.READY, **facts
    )
    return {"pk": made.pk}


ACCESS = [
    Entry("scoreboard:board", ALL),
    Entry("scoreboard:count", ALL, method="post"),
    Entry("scoreboard:target", ALL, kwargs=a_target),
    Entry("scoreboard:target", COUNTERS, kwargs={"key": "deletion"}),
    Entry("scoreboard:target-csv", ALL, kwargs=a_target),
    Entry("scoreboard:day-end", ALL),
    Entry("scoreboard:main", ALL),
    Entry("scoreboard:sign-off", {"head_of_data"}),
    Entry("scoreboard:sign-off", {"head_of_data"}, method="post", data=a_note),
    Entry("scoreboard:dummies", {"privacy_officer"}),
    Entry("scoreboard:dummies", {"privacy_officer"}, method="post", data=a_request),
    Entry("scoreboard:packs", COUNTERS),
    Entry("scoreboard:packs", COUNTERS, method="post", data=a_period),
    Entry("scoreboard:pack", COUNTERS, kwargs=a_pack),
    Entry("scoreboard:pack-pdf", COUNTERS, kwargs=a_pack),
    Entry("scoreboard:pack-bundle", COUNTERS, kwargs=a_pack),
]
