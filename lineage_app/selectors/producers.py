"""Who sends events: every token that may, what it sent, and what was refused of it, with the reader's right checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from lineage_app.domain.events import Event, EventRefused, parse
from lineage_app.models import RawEvent, RefusedEvent, Run
from lineage_app.selectors import tallies
from lineage_app.selectors.tallies import Counted
from portal.core.identity.policies import Act, may, require
from portal.core.identity.selectors import senders

SCOPE = "lineage:write"
SHOWN = 50
PORTAL = 0
QUIET_AFTER = tallies.DAY
_STRETCHES = timedelta(seconds=2), timedelta(minutes=2)


@dataclass
class Sender:
    """A token that may send, or the portal itself (`token` None, number 0), with its counts and its state."""

    token: Any
    counted: Counted
    state: tuple[str, str]

    @property
    def pk(self) -> int:
        """The number in its address."""
        return self.token.pk if self.token else PORTAL

    @property
    def name(self) -> str:
        """What it is called."""
        return self.token.name if self.token else "The portal itself"


@dataclass
class Row:
    """One event as a list shows it; `run` is the number of its run's page, None before it is projected."""

    raw: RawEvent
    event: Event | None
    run: int | None

    @property
    def marks(self) -> list[str]:
        """What was lenient about it."""
        return [mark for mark in self.raw.lenient.split("; ") if mark]


def all_senders(reader: Any, at: datetime) -> list[Sender]:
    """Return every token that may send, the one heard last first, and the portal itself where it sent something."""
    counted = tallies.by_token(at)
    found = [_sender(token, counted.get(token.pk, Counted()), at) for token in senders(reader, SCOPE)]
    if PORTAL in counted:
        found.append(_sender(None, counted[PORTAL], at))
    return sorted(found, key=lambda one: (one.counted.last_at is None, -_seconds(one.counted.last_at), one.name))


def sender(reader: Any, pk: int, at: datetime) -> Sender | None:
    """Return one of them."""
    return next((one for one in all_senders(reader, at) if one.pk == pk), None)


class Before(NamedTuple):
    """Where a list goes on: events received before this one; a batch has one time for all of its events."""

    at: datetime
    pk: int = 2**63 - 1


def events_of(reader: Any, pk: int, *, only: str, mark: str, before: Before) -> list[Row]:
    """Return the newest SHOWN + 1 events before one: all that were kept, or those lenient or foreign."""
    require(reader, Act.READ)
    older = Q(received_at__lt=before.at) | Q(received_at=before.at, pk__lt=before.pk)
    rows = RawEvent.objects.filter(older, token=pk or None).order_by("-received_at", "-pk")
    if only == "foreign":
        found = list(rows.filter(is_foreign=True)[: SHOWN + 1])
    elif only == "lenient":
        rows = rows.exclude(lenient="")
        found = list((rows.filter(lenient__contains=mark) if mark else rows)[: SHOWN + 1])
    else:
        found = _newest(rows, pk, before.at)
    runs = _runs({raw.subject for raw in found})
    return [Row(raw, _parsed(raw.body), runs.get(raw.subject)) for raw in found]


def _newest(rows: QuerySet[RawEvent], pk: int, until: datetime) -> list[RawEvent]:
    """Return the newest of these rows, reading no longer a stretch of time than it takes."""
    found: list[RawEvent] = []
    for stretch in _STRETCHES:
        found = list(rows.filter(received_at__gte=until - stretch)[: SHOWN + 1])
        if len(found) > SHOWN:
            return found
    since = tallies.kept_since(pk, until, SHOWN + 1)
    return list(rows.filter(received_at__gte=since)[: SHOWN + 1]) if since else found


def may_read_refused(reader: Any, one: Sender) -> bool:
    """Return whether the reader may see what was refused of what this token sent."""
    return one.token is not None and may(reader, Act.READ_REFUSED, one.token)


def refused_of(reader: Any, one: Sender, reason: str) -> QuerySet[RefusedEvent]:
    """Return the newest refused events of a token; PermissionDenied for who is neither its team nor administers."""
    require(reader, Act.READ_REFUSED, one.token)
    rows = RefusedEvent.objects.filter(token=one.token).defer("body").order_by("-received_at", "-pk")
    return rows.filter(reason=reason) if reason else rows


def refused(reader: Any, pk: int) -> RefusedEvent | None:
    """Return one refused event with its body; PermissionDenied as above."""
    require(reader, Act.READ_REFUSED)
    found = RefusedEvent.objects.select_related("token__owner_team").filter(pk=pk).first()
    if found is not None:
        require(reader, Act.READ_REFUSED, found)
    return found


def _sender(token: Any, counted: Counted, at: datetime) -> Sender:
    return Sender(token, counted, _state(token, counted.last_at, at))


def _state(token: Any, last_at: datetime | None, at: datetime) -> tuple[str, str]:
    if token is not None and not token.usable(at):
        return ("Revoked" if token.revoked_at else "Expired"), "off"
    if last_at is None:
        return "Nothing sent yet", "wait"
    return ("Sending", "ok") if at - last_at <= QUIET_AFTER else ("Quiet", "warn")


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def _runs(subjects: set[UUID]) -> dict[UUID, int]:
    rows = Run.objects.filter(subject__in=subjects).exclude(status="STATIC")
    return dict(rows.order_by().values_list("subject", "pk"))


def _parsed(body: str) -> Event | None:
    """Return the event; None where an erasure has left less than an event of it."""
    try:
        return parse(body.encode())
    except EventRefused:
        return None
