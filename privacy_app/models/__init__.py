"""The tables of the deletion requests."""

from privacy_app.models.audit_message import AuditMessage
from privacy_app.models.batch import ImportBatch
from privacy_app.models.by_hand import ByHandTask
from privacy_app.models.duty import Duty
from privacy_app.models.hold import HeldSubject, Hold, KeptStep
from privacy_app.models.identity import AskedSource, Identifier, ResolvedIdentifier, VerificationCode, WaitingEdge
from privacy_app.models.notice import Letter, NoticeChange, NoticeText
from privacy_app.models.pause import Pause
from privacy_app.models.plan import Acceptance, Approval, BulkApproval, Plan, PlanFinding, RememberedReason
from privacy_app.models.purge import AppealExtension, Purge
from privacy_app.models.recheck import FormerProof, Recheck
from privacy_app.models.recipient import Recipient, RecipientNotice
from privacy_app.models.request import Request
from privacy_app.models.restore import Restore
from privacy_app.models.sealed_file import SealedFile
from privacy_app.models.step import Attempt, Step
from privacy_app.models.suppression import SuppressionAsk, SuppressionToken

__all__ = [
    "Acceptance",
    "AppealExtension",
    "Approval",
    "AskedSource",
    "Attempt",
    "AuditMessage",
    "BulkApproval",
    "ByHandTask",
    "Duty",
    "FormerProof",
    "HeldSubject",
    "Hold",
    "Identifier",
    "ImportBatch",
    "KeptStep",
    "Letter",
    "NoticeChange",
    "NoticeText",
    "Pause",
    "Plan",
    "PlanFinding",
    "Purge",
    "Recheck",
    "Recipient",
    "RecipientNotice",
    "RememberedReason",
    "Request",
    "ResolvedIdentifier",
    "Restore",
    "SealedFile",
    "Step",
    "SuppressionAsk",
    "SuppressionToken",
    "VerificationCode",
    "WaitingEdge",
]
