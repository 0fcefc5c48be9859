"""Duties of models as each reader may see them."""

from typing import Any

from django.db.models import Q, QuerySet

from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role
from privacy_app.models import Duty, Plan, Request


def duties_for(user: Any) -> QuerySet[Duty]:
    """All of them for a privacy officer; else those of the teams that this person owns. Open ones first."""
    rows = Duty.objects.select_related("owner_team", "asset", "closed_by")
    if not may(user, Act.PLAN_DELETION):
        owned = [team for role, team in user.grants() if role == Role.OWNER and team]
        rows = rows.filter(Q(owner_team__in=owned))
    return rows.order_by("closed_at", "due_on", "pk")


def for_artifact(request: Request) -> list[dict[str, Any]]:
    """What a proof says of models: the duty, until when, and how it ended where it has."""
    found = []
    for duty in Duty.objects.filter(req_id=request.req_id).order_by("model"):
        said: dict[str, Any] = {"name": duty.model, "why": duty.why, "due_on": f"{duty.due_on}"}
        said["duty"] = "retrain without the subject, or document why not"
        found.append({**said, "state": duty.state, "owner": duty.owner_team.name if duty.owner_team else "nobody"})
    return found or _before_duties(request)


def _before_duties(request: Request) -> list[dict[str, Any]]:
    """Plans that were approved before models had duties name them without one."""
    plan = request.plans.filter(state=Plan.State.APPROVED).last()
    return [{"name": each["name"], "why": each["why"]} for each in plan.body.get("models", ())] if plan else []
