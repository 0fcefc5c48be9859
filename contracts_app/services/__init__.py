"""Every write to contracts: one function a write, each with its rights, its evidence and its event."""

from contracts_app.services import readiness_live, readiness_stores  # noqa: F401  (imported for their registrations)
from contracts_app.services.activation import activate, activate_due, retire_due
from contracts_app.services.answers import answer, overrule
from contracts_app.services.bundles import build_contract_bundle
from contracts_app.services.checks_runs import (
    ask_for_test,
    forget_old_runs,
    lease_run,
    perform,
    queue_due,
    queue_test,
    run_contract_tests,
    runs_without_worker,
)
from contracts_app.services.coverage import record_coverage
from contracts_app.services.drafts import import_yaml, open_draft, save_draft
from contracts_app.services.errors import DraftConflict, Refused
from contracts_app.services.exports import ask_for_export, make_export
from contracts_app.services.grounds import give_grounds
from contracts_app.services.main_files import note_on_main
from contracts_app.services.notices import TOPICS, remind, tell
from contracts_app.services.proposal_check import check_proposal
from contracts_app.services.proposals import propose, withdraw
from contracts_app.services.pushing import push
from contracts_app.services.readiness import (
    Readiness,
    answer_readiness,
    ask_readiness,
    lease_readiness,
    readiness_check,
    readiness_without_worker,
)
from contracts_app.services.retirement import plan_retirement
from contracts_app.services.signatures import begin_signature, sign
from contracts_app.services.subscriptions import subscribe, unsubscribe
from contracts_app.services.waivers import ask_waiver, begin_waiver_signature, revoke_waiver, sign_waiver

__all__ = [
    "TOPICS",
    "DraftConflict",
    "Readiness",
    "Refused",
    "activate",
    "activate_due",
    "answer",
    "answer_readiness",
    "ask_for_export",
    "ask_for_test",
    "ask_readiness",
    "ask_waiver",
    "begin_signature",
    "begin_waiver_signature",
    "build_contract_bundle",
    "check_proposal",
    "forget_old_runs",
    "give_grounds",
    "import_yaml",
    "lease_readiness",
    "lease_run",
    "make_export",
    "note_on_main",
    "open_draft",
    "overrule",
    "perform",
    "plan_retirement",
    "propose",
    "push",
    "queue_due",
    "queue_test",
    "readiness_check",
    "readiness_without_worker",
    "record_coverage",
    "remind",
    "retire_due",
    "revoke_waiver",
    "run_contract_tests",
    "runs_without_worker",
    "save_draft",
    "sign",
    "sign_waiver",
    "subscribe",
    "tell",
    "unsubscribe",
    "withdraw",
]
