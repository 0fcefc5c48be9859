"""How punctual deletion proofs are: numbers and references for the scoreboard; the caller asks the rights.

A request counts by the moment of its proof. One that is still open past its 72 hours counts as late already, so that
not finishing it never flatters the share. Denied, cancelled and attached requests owe no proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from privacy_app.domain.clocks import SLO
from privacy_app.domain.request import ENDED, State
from privacy_app.models import Request


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Proofs of a period: given in time, given late, and owed since longer than 72 hours; the middle of their times."""

    in_time: int
    late: int
    overdue: int
    median: timedelta | None

    @property
    def total(self) -> int:
        """What the share is of."""
        return self.in_time + self.late + self.overdue


def punctuality(begin: datetime, end: datetime, *, of: Iterable[str] | None = None) -> Punctuality:
    """Proofs completed from `begin` to `end`, and what was overdue at `end`; `of` narrows to these references."""
    rows = Request.objects.all() if of is None else Request.objects.filter(req_id__in=list(of))
    proved = rows.filter(completed_at__gt=begin, completed_at__lte=end).exclude(artifact_digest="")
    spent = F("completed_at") - F("received_at")
    counted = proved.aggregate(in_time=Count("pk", filter=Q(completed_at__lte=F("received_at") + SLO)), all=Count("pk"))
    times = proved.annotate(spent=spent).order_by("spent").values_list("spent", flat=True)
    middle = list(times[(counted["all"] - 1) // 2 : counted["all"] // 2 + 1]) if counted["all"] else []
    median = sum(middle, timedelta()) / len(middle) if middle else None
    late = counted["all"] - counted["in_time"]
    return Punctuality(counted["in_time"], late, overdue_at(rows, end).count(), median)


def overdue(at: datetime) -> QuerySet[Request]:
    """The requests whose 72 hours were over at `at` and that had no proof and no other end, the oldest first."""
    return overdue_at(Request.objects.all(), at).order_by("received_at", "pk")


def overdue_at(rows: QuerySet[Request], at: datetime) -> QuerySet[Request]:
    """Those among `rows`; what has ended since is judged by when it ended."""
    ended = Q(state__in=ENDED) & ~Q(completed_at__gt=at) & ~Q(completed_at=None, closed_at__gt=at)
    return rows.filter(received_at__lt=at - SLO).exclude(ended)


def tallied(begin: datetime, end: datetime) -> dict[str, int]:
    """The requests of a period: received, proved, denied, cancelled, attached to another, and open at its end."""
    within = {"gte": begin, "lt": end}

    def during(field: str) -> Q:
        return Q(**{f"{field}__{how}": moment for how, moment in within.items()})

    open_then = ~Q(state__in=ENDED) | Q(completed_at__gte=end) | Q(completed_at=None, closed_at__gte=end)
    return dict(
        Request.objects.aggregate(
            received=Count("pk", filter=during("received_at")),
            proved=Count("pk", filter=during("completed_at") & ~Q(artifact_digest="")),
            denied=Count("pk", filter=during("closed_at") & Q(state=State.DENIED)),
            cancelled=Count("pk", filter=during("closed_at") & Q(state=State.CANCELLED)),
            attached=Count("pk", filter=during("closed_at") & Q(state=State.DUPLICATE)),
            open=Count("pk", filter=Q(received_at__lt=end) & open_then),
        )
    )


def proof_of(req_id: str) -> Request | None:
    """A request by its reference, with the entry of its proof; no rights are asked."""
    return Request.objects.select_related("completed_entry").filter(req_id=req_id).first()


def proofs_of(references: Iterable[str]) -> QuerySet[Request]:
    """Those of these requests that ran to their artifact, the newest first."""
    found = Request.objects.filter(req_id__in=list(references), completed_at__isnull=False).exclude(artifact_digest="")
    return found.select_related("completed_entry").order_by("-completed_at")


def newest_requests(most: int) -> QuerySet[Request]:
    """The newest requests by reference, to choose one of them."""
    return Request.objects.order_by("-received_at", "-pk")[:most]
