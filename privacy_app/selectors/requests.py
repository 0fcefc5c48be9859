"""Requests as each kind of reader may see them."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.identity.policies import Act, may, require
from portal.core.identity.roles import Role
from privacy_app.domain.clocks import SLO
from privacy_app.domain.request import ENDED
from privacy_app.models import Plan, Request

A_WEEK = timedelta(days=7)
SHORTEST_PERIOD = timedelta(days=28)


def counts(user: Any) -> dict[str, int]:
    """How many requests are open, and how many of them are past their 72 hours."""
    require(user, Act.COUNT_REQUESTS)
    late = Count("pk", filter=Q(received_at__lt=now() - SLO))
    return dict(Request.objects.exclude(state__in=ENDED).aggregate(open=Count("pk"), overdue=late))


def request_for(user: Any, req_id: str) -> Request | None:
    """One request, or None where there is none of this reference."""
    require(user, Act.READ_REQUESTS)
    return Request.objects.filter(req_id=req_id).first()


def request_to_approve(user: Any, req_id: str) -> Request | None:
    """One request as its approver sees it; raises PermissionDenied for whoever planned it."""
    found = Request.objects.filter(req_id=req_id).first()
    require(user, Act.APPROVE_DELETION, found)
    return found


def can_sign(user: Any, request: Request) -> bool:
    """Whether this officer may sign the plan that waits: they did not plan it, and no officer has signed it yet."""
    if not may(user, Act.APPROVE_DELETION, request):
        return False
    waiting = next((plan for plan in request.plans.all() if plan.state == Plan.State.SUBMITTED), None)
    signed = {each.signature.role for each in waiting.approvals.all()} if waiting else set()
    return waiting is not None and Role.PRIVACY_OFFICER not in signed


def high_risk_url(request: Request) -> str:
    """Where the head of data signs."""
    return reverse("privacy:approve-high-risk", args=[request.req_id])


def risky_request(user: Any, req_id: str) -> Request | None:
    """One request as the head of data signs it: never its identifiers; PermissionDenied for whoever planned it."""
    found = Request.objects.filter(req_id=req_id).first()
    require(user, Act.APPROVE_HIGH_RISK, found)
    return found


def request_with_proof(req_id: str) -> Request | None:
    """A completed request; the caller asks READ_EVIDENCE of it."""
    return Request.objects.filter(req_id=req_id).exclude(artifact_digest="").first()


def request_of_secret(req_id: str, secret: str) -> Request | None:
    """The request of a subject's own link; None where reference or secret is wrong, in the same time."""
    found = Request.objects.filter(req_id=req_id).first()
    given = hashlib.sha256(secret.encode()).hexdigest()
    right = hmac.compare_digest(given, found.secret_hash if found else "0" * 64)
    return found if found and right else None


def request_of_token(token: Any, req_id: str) -> Request | None:
    """A request that this sender brought: by a token of the same team, or of the same name where no team owns it.

    References can be guessed, so a program learns nothing about what others brought; and a token that replaces an
    expired one goes on where that one stopped.
    """
    found = Request.objects.filter(req_id=req_id).select_related("intake_token", "duplicate_of").first()
    if found is None or found.intake_token is None:
        return None
    brought_by = found.intake_token
    same_team = token.owner_team_id == brought_by.owner_team_id
    known = token.owner_team_id is not None or token.name == brought_by.name
    return found if same_team and known else None


def near_the_law(user: Any, at: datetime) -> list[Request]:
    """Open requests whose first period by law ends within a week or is over, and that were not extended."""
    require(user, Act.READ_REQUESTS)
    old_enough = at + A_WEEK - SHORTEST_PERIOD
    rows = Request.objects.exclude(state__in=ENDED).filter(extended_at=None, received_at__lte=old_enough)
    return [each for each in rows.prefetch_related("pauses") if each.statutory(at).left(at) < A_WEEK]
