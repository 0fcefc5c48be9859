"""Whether the parts of the portal are alive: schedule and workers, the broker's queue, and what waits in each room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import redis
from django.conf import settings
from django.urls import reverse

from contracts_app.selectors import exports_waiting
from lineage_app.selectors.projected import graph_version
from portal.core.clock.services import now
from portal.core.events.selectors import unread
from portal.core.evidence.selectors import pending
from portal.core.making.leases import waiting_since
from portal.core.notify.selectors import counts, oldest_waiting
from portal.pages.models import BoardPack, GivenAnswer, Pack, ProgrammeZip
from slo_app.selectors.live import overdue, ticked_at

QUEUE = "celery"
LATE = timedelta(minutes=2)
BUSY = 500
TIMEOUT_S = 2
MADE = (
    ("Packs of evidence", partial(waiting_since, Pack), "evidence:packs"),
    ("Programme files", partial(waiting_since, ProgrammeZip), "programme:index"),
    ("Board packs", partial(waiting_since, BoardPack), "scoreboard:packs"),
    ("Provenance answers", partial(waiting_since, GivenAnswer), "provenance:ask"),
    ("Files of contracts", exports_waiting, "contracts:list"),
)
"""What a worker makes for people: label, what waits, and the page where they are asked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: what it is, how it stands as a word and a mark, what waits there and since when, and its page."""

    label: str
    word: str
    kind: str
    found: str
    waits: int | None = None
    since: datetime | None = None
    url: str = ""


def parts() -> list[Part]:
    """Every part, the schedule first: without it nothing else moves."""
    at = now()
    return [_schedule(at), _broker(), *_rooms(at)]


def _schedule(at: datetime) -> Part:
    ticked = ticked_at()
    label = "Schedule and workers"
    if ticked is None:
        return Part(label, "Never ran", "bad", "Beat has sent nothing that a worker ran: start both.")
    if at - ticked > LATE:
        return Part(label, "Silent", "bad", "No worker ran the newest tick: is beat up, and a worker?", since=ticked)
    return Part(label, "Alive", "ok", "A worker ran the newest tick of the schedule.", since=ticked)


def _broker() -> Part:
    label = "Broker's queue"
    try:
        with redis.from_url(
            settings.CELERY_BROKER_URL, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S
        ) as client:
            length = int(client.llen(QUEUE))
    except redis.RedisError as error:
        return Part(label, "Away", "bad", f"It does not answer ({type(error).__name__}); work waits in the database.")
    if length > BUSY:
        return Part(label, "Long", "warn", "Messages come faster than workers take them.", length)
    return Part(label, "Answers", "ok", "Messages only wake workers; what waits is in the rooms below.", length)


def _rooms(at: datetime) -> Iterator[Part]:
    number, since = pending()
    yield _room("Ledger entries without a number", number, since, at, LATE, reverse("evidence:list"))
    letters = counts()
    yield _room("Letters and alerts in the outbox", letters["waiting"], oldest_waiting(), at, LATE * 5,
                reverse("oncall:outbox"), given_up=letters["given_up"])  # fmt: skip
    graph = graph_version()
    yield _room("Lineage events not in the graph", graph.waiting, at - graph.lag if graph.waiting else None, at, LATE,
                reverse("lineage:producers"))  # fmt: skip
    number, since = overdue(at)
    yield _room("SLOs that are due for a look", number, since, at, LATE * 5, reverse("slos:board"))
    number, since = unread()
    yield _room("News between the rooms", number, since, at, LATE, "")
    for label, look, url in MADE:
        number, since = look()
        yield _room(f"{label} to make", number, since, at, LATE * 5, reverse(url))


def _room(
    label: str, waits: int, since: datetime | None, at: datetime, late: timedelta, url: str, *, given_up: int = 0
) -> Part:
    """A room is late where its oldest has waited longer than its usual time."""
    gone = f" {given_up} were given up." if given_up else ""
    if not waits:
        return Part(label, "Nothing waits", "warn" if gone else "ok", gone.strip(), 0, None, url)
    if since is not None and at - since > late:
        return Part(label, "Late", "bad", f"The oldest waits longer than it should.{gone}", waits, since, url)
    return Part(label, "Moving", "info", gone.strip(), waits, since, url)
