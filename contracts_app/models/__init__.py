"""What contracts keep: one module a subject."""

from contracts_app.models.answers import Answer, Grounds
from contracts_app.models.checks import ReadinessRun, TestResult, TestRun, Trigger
from contracts_app.models.contract import NUMBERED, STATES, Contract, Version
from contracts_app.models.coverage import CoverageDay
from contracts_app.models.exports import StoredExport
from contracts_app.models.main_file import MainFile
from contracts_app.models.signatures import SignatureLink
from contracts_app.models.subscriptions import Subscription
from contracts_app.models.waivers import Waiver

__all__ = [
    "NUMBERED",
    "STATES",
    "Answer",
    "Contract",
    "CoverageDay",
    "Grounds",
    "MainFile",
    "ReadinessRun",
    "SignatureLink",
    "StoredExport",
    "Subscription",
    "TestResult",
    "TestRun",
    "Trigger",
    "Version",
    "Waiver",
]
