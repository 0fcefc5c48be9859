"""The tables of the deletion requests."""

from privacy_app.models.identity import Identifier, ResolvedIdentifier, VerificationCode, WaitingEdge
from privacy_app.models.notice import NoticeText
from privacy_app.models.plan import Approval, Plan, PlanFinding
from privacy_app.models.request import Pause, Request
from privacy_app.models.step import Attempt, Step
from privacy_app.models.suppression import SuppressionToken

__all__ = [
    "Approval",
    "Attempt",
    "Identifier",
    "NoticeText",
    "Pause",
    "Plan",
    "PlanFinding",
    "Request",
    "ResolvedIdentifier",
    "Step",
    "SuppressionToken",
    "VerificationCode",
    "WaitingEdge",
]
