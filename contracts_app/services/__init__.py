"""Every write to contracts: one function a write, each with its rights, its evidence and its event."""

from contracts_app.services.activation import activate, activate_due, retire_due
from contracts_app.services.drafts import import_yaml, open_draft, save_draft
from contracts_app.services.errors import DraftConflict, Refused
from contracts_app.services.proposals import check_proposal, propose, withdraw
from contracts_app.services.readiness import Readiness, readiness_check
from contracts_app.services.signatures import begin_signature, sign

__all__ = [
    "DraftConflict",
    "Readiness",
    "Refused",
    "activate",
    "activate_due",
    "begin_signature",
    "check_proposal",
    "import_yaml",
    "open_draft",
    "propose",
    "readiness_check",
    "retire_due",
    "save_draft",
    "sign",
    "withdraw",
]
