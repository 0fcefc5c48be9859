"""The inbox: requests by hours left, with filters, their counts, and who has each in hand; no query a row."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role
from privacy_app.domain.clocks import SLO, Law
from privacy_app.domain.request import ENDED, State
from privacy_app.domain.steps import StepState
from privacy_app.models import Plan, Request, Step

MINE, NOBODY = "mine", "nobody"
TROUBLE = (StepState.RETRY, StepState.GAVE_UP)


def matching(user: Any, chosen: Mapping[str, str]) -> QuerySet[Request]:
    """Requests that pass the filters: the open ones by hours left, or the ended ones, newest first."""
    require(user, Act.READ_REQUESTS)
    ended = chosen.get("show") == "ended"
    rows = Request.objects.filter(state__in=ENDED) if ended else Request.objects.exclude(state__in=ENDED)
    for name, value in chosen.items():
        if value:
            rows = rows.filter(_condition(name, value, user))
    return rows.order_by("-received_at", "-pk") if ended else rows.order_by("received_at", "pk")


def _overdue(at: datetime) -> Q:
    return Q(received_at__lt=at - SLO) & ~Q(state__in=ENDED)


def _in_trouble() -> Q:
    """A system failed, or the last look could not be made."""
    return Exists(_red()) | ~Q(trouble="") | Q(state=State.PARTIALLY_COMPLETE)


def _red() -> QuerySet[Step]:
    return Step.objects.filter(request=OuterRef("pk"), state__in=TROUBLE).exclude(plan__state=Plan.State.SUPERSEDED)


def _assigned(value: str, user: Any) -> Q:
    if value == NOBODY:
        return Q(assignee=None)
    if value == MINE:
        return Q(assignee=user)
    return Q(assignee_id=int(value)) if value.isdecimal() else Q(pk=None)


def _condition(name: str, value: str, user: Any) -> Q:
    """One filter as a condition; an unknown name filters nothing, an unknown value finds nothing."""
    if name in ("state", "law", "channel"):
        return Q(**{name: value})
    if name == "who":
        return _assigned(value, user)
    return {"overdue": lambda: _overdue(now()), "trouble": _in_trouble}.get(name, Q)()


def facets(user: Any, *, ended: bool) -> dict[str, int]:
    """How many requests each filter by itself would leave, `name:value` -> count; one query."""
    require(user, Act.READ_REQUESTS)
    asked = [f"state:{state}" for state in State if (state in ENDED) is ended] + [f"law:{law}" for law in Law]
    asked += [f"channel:{channel}" for channel in Request.Channel.values] + [f"who:{MINE}", f"who:{NOBODY}"]
    asked += [] if ended else ["overdue:yes", "trouble:yes"]
    found = dict.fromkeys(asked, 0)
    for state, law, channel, assignee, overdue, trouble, count in _alike(ended=ended):
        who = {user.pk: MINE, None: NOBODY}.get(assignee, "")
        names = [f"state:{state}", f"law:{law}", f"channel:{channel}", f"who:{who}"]
        names += ["overdue:yes"] * overdue + ["trouble:yes"] * trouble
        for name in names:
            if name in found:
                found[name] += count
    return found


def _alike(*, ended: bool) -> Iterable[tuple[Any, ...]]:
    """How many requests are alike in all that the filters look at: each request is looked at once."""
    rows = Request.objects.filter(state__in=ENDED) if ended else Request.objects.exclude(state__in=ENDED)
    late = Value(False) if ended else ExpressionWrapper(_overdue(now()), BooleanField())
    rows = rows.order_by().annotate(late=late, red=ExpressionWrapper(_in_trouble(), BooleanField()))
    return rows.values_list("state", "law", "channel", "assignee", "late", "red").annotate(Count("pk"))


def systems_of(requests: Iterable[Request]) -> dict[int, dict[str, int]]:
    """For the requests of one page: how many systems each has, how many are done, and how many are in trouble."""
    rows = Step.objects.filter(request__in=list(requests)).exclude(plan__state=Plan.State.SUPERSEDED)
    counted = rows.values("request").annotate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=StepState.DONE)),
        red=Count("pk", filter=Q(state__in=TROUBLE)),
    )
    return {row["request"]: row for row in counted.order_by()}


def officers() -> QuerySet[Any]:
    """Who can have a request: active privacy officers by name."""
    rows = get_user_model().objects.filter(is_active=True, memberships__role=Role.PRIVACY_OFFICER)
    return rows.distinct().order_by("name", "pk")


def waiting_for_approval(user: Any) -> QuerySet[Request]:
    """Requests whose submitted plan waits for a signature, by hours left, with what the list of them shows."""
    require(user, Act.APPROVE_DELETION)
    rows = Request.objects.filter(state=State.AWAITING_APPROVAL, plans__state=Plan.State.SUBMITTED)
    return rows.order_by("received_at", "pk")


def high_risk_waiting(user: Any) -> QuerySet[Request]:
    """Requests whose plan of high risk lacks the head of data's signature; references only."""
    require(user, Act.APPROVE_HIGH_RISK)
    signed = Plan.objects.filter(request=OuterRef("pk"), state=Plan.State.SUBMITTED).filter(
        approvals__signature__role=Role.HEAD_OF_DATA
    )
    risky = Plan.objects.filter(request=OuterRef("pk"), state=Plan.State.SUBMITTED).exclude(
        Q(body__high_risk=None) | Q(body__high_risk=[])
    )
    rows = Request.objects.filter(Exists(risky), ~Exists(signed), state=State.AWAITING_APPROVAL)
    return rows.prefetch_related("plans__findings").order_by("received_at", "pk")
