"""How long every table of the portal keeps its rows: the one list that the nightly job and the page read.

A table that is in no rule fails a test (tests/evidence/test_retention.py). Tables of privacy_app that belong to a
request are found by walking the models, as the purge does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from portal.core.events.selectors import consumed_by_all
from privacy_app.services import purging


class How(StrEnum):
    """What ends the rows of a rule."""

    DELETED = "deleted"
    CLEARED = "cleared"
    OWN_JOB = "own job"
    KEPT = "kept"


@dataclass(frozen=True)
class Rule:
    """Some tables and how long their rows stay.

    `days` count from the time column `since`; `only` narrows the rows, `clears` names the column that is emptied where
    the row itself stays. `why` says for what the rows are kept, or by whom they are ended.
    """

    name: str
    tables: tuple[str, ...]
    how: How
    why: str
    days: int = 0
    since: str = ""
    only: Q = field(default_factory=Q)
    clears: str = ""
    also: Callable[[], Q] = Q

    def models(self) -> list[type[Model]]:
        """The tables that are installed: the demo's mailbox is not in production."""
        labels = (label for label in self.tables if apps.is_installed("portal.demo") or not label.startswith("demo."))
        return [apps.get_model(label) for label in labels]

    def over(self, before: datetime) -> Q:
        """The rows whose time is over, given the moment `days` ago."""
        empty = {f"{self.clears}__isnull": False} if self.clears else {}
        return self.only & self.also() & Q(**{f"{self.since}__lt": before}, **empty)


def _deleted(name: str, table: str, since: str, days: int, why: str, **more: Any) -> Rule:
    return Rule(name, (table,), How.DELETED, why, days=days, since=since, **more)


def _own(name: str, why: str, *tables: str) -> Rule:
    return Rule(name, tables, How.OWN_JOB, why)


def _kept(name: str, why: str, *tables: str) -> Rule:
    return Rule(name, tables, How.KEPT, why)


def _of_requests() -> tuple[str, ...]:
    return tuple(sorted(model._meta.label for model, _ in purging.places()))


RULES: tuple[Rule, ...] = (
    _deleted(
        "outbox",
        "notify.Message",
        "created_at",
        365,
        "Address and body go on delivery; what stays is that something was told, so that it is not told twice",
        only=Q(state__in=("delivered", "given_up")),
    ),
    _deleted("sessions", "sessions.Session", "expire_date", 0, "Nobody is signed in by it any more"),
    _deleted(
        "challenges",
        "signing.Challenge",
        "expires_at",
        1,
        "An invitation to sign that nobody took",
        only=Q(used_at=None),
    ),
    _deleted(
        "events",
        "events.Event",
        "created_at",
        90,
        "News between the parts of the portal, once every part has read them",
        also=consumed_by_all,
    ),
    _deleted("mailbox", "demo.Mail", "received_at", 7, "The demo's stand-in for other people's mailboxes"),
    _deleted("notices", "notify.Notice", "at", 180, "What somebody was told; the thing itself has its own record"),
    _deleted("judged windows", "slo_app.JudgedWindow", "end", 400, "A year of windows to compare with"),
    _deleted("gate runs", "gates.GateRun", "at", 1096, "As long as proofs: why a deployment was let through"),
    _deleted("recomputations", "evidence.AuditRun", "finished_at", 400, "A year of nights that found the ledger whole"),
    _deleted("retention runs", "pages.RetentionRun", "started_at", 800, "The ledger keeps the numbers longer"),
    _deleted("packs", "pages.Pack", "asked_at", 400, "The file goes after ninety days; the ledger keeps who made it"),
    _deleted(
        "provenance answers", "pages.GivenAnswer", "asked_at", 1096, "As long as their files; the ledger keeps them"
    ),
    _deleted("outputs", "pages.Output", "registered_at", 1200, "As long as the lineage that explains them"),
    _deleted("programme files", "pages.ProgrammeZip", "asked_at", 400, "The file goes after ninety days; so do packs"),
    _deleted("pages", "oncall.Page", "resolved_at", 1096, "As long as proofs: who was called, and who came"),
    _deleted("suppression tokens", "privacy_app.SuppressionToken", "until", 0, "No copy of that person can come back"),
    _deleted("imported lists", "privacy_app.ImportBatch", "made_at", 90, "Its rows are requests with their own record"),
    _deleted("suppression asks", "privacy_app.SuppressionAsk", "last_at", 400, "Who relied on the list: numbers only"),
    Rule(
        "idempotency keys",
        ("privacy_app.Request",),
        How.CLEARED,
        "A client may choose any words; a month is enough to try again",
        days=30,
        since="received_at",
        clears="idempotency_key",
    ),
    Rule(
        "records of requests",
        _of_requests(),
        How.OWN_JOB,
        "Emptied ninety days after the end, or when a complaint is over; the ledger notes each",
    ),
    _deleted("board packs", "pages.BoardPack", "asked_at", 1096, "As long as their files"),
    Rule(
        "names of missing rows",
        ("pages.Day",),
        How.CLEARED,
        "Who mends a target needs today's names; a quarter is enough to see what stayed. The numbers are kept",
        days=100,
        since="counted_at",
        clears="missing",
    ),
    _own("artifacts", "Each by the day that it was stored with, unless it is on hold", "evidence.Artifact"),
    _own("raw lineage", "Archived by month, then dropped (CUSTODY_LINEAGE_RETENTION_DAYS)", "lineage_app.RawEvent"),
    _own("refused events", "Deleted every hour (CUSTODY_LINEAGE_REFUSED_DAYS)", "lineage_app.RefusedEvent"),
    _own(
        "lineage in transit",
        "Gone when the projector has taken it in",
        "lineage_app.Inbox",
        "lineage_app.Receipt",
        "lineage_app.FacetDraft",
        "lineage_app.Rebuilding",
        "lineage_app.RedoSubject",
        "lineage_app.Redoing",
    ),
    _own("latest coverage", "One row, written anew every minute", "lineage_app.LatestCoverage"),
    _own("measurements", "Dropped by the day (CUSTODY_SLO_RAW_DAYS)", "slo_app.Measurement"),
    _own("tallies of SLOs", "Hours for 40 days, days for 800", "slo_app.Tally", "slo_app.Pulse"),
    _own("contract tests", "Deleted after 400 days", "contracts_app.TestRun", "contracts_app.TestResult"),
    _own("audit topics", "Deleted some days after they were sent", "privacy_app.AuditMessage"),
    _own("waiting entries", "Gone within seconds, when they have their number", "evidence.Pending"),
    _kept(
        "the ledger",
        "It only grows; it holds no name and no identifier",
        *("evidence.Entry", "evidence.Leaf", "evidence.Node", "evidence.Checkpoint", "evidence.Timestamp"),
        *("evidence.PublicKey", "evidence.Expiry", "evidence.Hold", "evidence.AnchorRun"),
    ),
    _kept(
        "the graph",
        "Datasets, jobs and runs as they are known; redacted where they name an erased person, withdrawn by retention",
        *("lineage_app.Run", "lineage_app.RunIO", "lineage_app.RunEdge", "lineage_app.Edge", "lineage_app.ColumnEdge"),
        *(
            "lineage_app.ColumnSet",
            "lineage_app.ColumnUse",
            "lineage_app.Job",
            "lineage_app.JobUse",
            "lineage_app.Fact",
        ),
        *("lineage_app.Dataset", "lineage_app.DatasetLink", "lineage_app.DatasetLife", "lineage_app.Declaration"),
        *("lineage_app.LineageArchive", "lineage_app.ArchivedSubject", "lineage_app.LineageHorizon"),
        *("lineage_app.RedactionRecord", "lineage_app.Merge", "lineage_app.CoverageDay", "lineage_app.RunFinding"),
        *("lineage_app.WatchState", "lineage_app.WatchGap", "lineage_app.Tally", "lineage_app.OutsideNamespace"),
    ),
    _kept(
        "people",
        "While the account exists; names behind the ledger's opaque ids can be removed without touching it",
        *("identity.User", "identity.Membership", "identity.ActorName", "identity.ServiceToken", "identity.Team"),
        *("notify.Preference", "notify.DigestTime"),
        *("account.EmailAddress", "account.EmailConfirmation", "mfa.Authenticator", "auth.Group", "auth.Permission"),
    ),
    _kept(
        "signatures",
        "What people bound themselves to, as long as it binds",
        *("signing.Signature", "signing.Assertion", "signing.WrongTry", "privacy_app.BulkApproval"),
    ),
    _kept(
        "contracts",
        "Every version that was ever proposed, with what was said and let through",
        *("contracts_app.Contract", "contracts_app.Version", "contracts_app.SignatureLink", "contracts_app.Answer"),
        *("contracts_app.Grounds", "contracts_app.Subscription", "contracts_app.Waiver", "contracts_app.ReadinessRun"),
        *(
            "contracts_app.StoredExport",
            "contracts_app.CoverageDay",
            "contracts_app.MainFile",
            "gates.Touched",
            "gates.GateFinding",
        ),
    ),
    _kept(
        "RACI",
        "Every version that was in force, with what was proposed and who signed; posts while they are in use",
        *("raci.Version", "raci.Row", "raci.Proposal", "raci.Change", "raci.Demand", "raci.Post", "raci.PostHolder"),
    ),
    _kept(
        "SLOs and incidents",
        "Promises, how they were kept, and what was learnt",
        *("slo_app.Slo", "slo_app.Alert", "slo_app.BurnAlert", "slo_app.Baseline", "slo_app.Incident"),
        *("slo_app.TimelineEntry", "slo_app.Precedent", "slo_app.Runbook", "slo_app.RunbookVersion"),
        *("slo_app.RunbookTick", "slo_app.Finding", "slo_app.Attestation", "slo_app.Drill", "slo_app.Silence"),
        *("slo_app.Consumer", "slo_app.ConsumerClass", "slo_app.ThrottleSource", "slo_app.ThrottleLevel"),
        *("slo_app.ThrottleReach", "slo_app.ThrottleOverride", "oncall.PageStep"),
    ),
    _kept(
        "settings of the house",
        "While they are in use; people change them",
        *("catalog.Asset", "catalog.AssetAlias", "catalog.DataSystem", "catalog.Placement", "catalog.TeamAddress"),
        *("catalog.Flow", "catalog.FlowStep", "oncall.Rotation", "oncall.Plan", "oncall.Turn", "oncall.Override"),
        *("oncall.Absence", "oncall.Policy", "oncall.Level", "lineage_app.RewriteRule", "lineage_app.Expectation"),
        *("lineage_app.Producer", "privacy_app.NoticeText", "privacy_app.NoticeChange", "events.Cursor"),
        *("privacy_app.RememberedReason", "privacy_app.Recipient"),
        *("clock.ClockOffset", "contenttypes.ContentType"),
    ),
    _kept(
        "the scoreboard",
        "The trend of the programme, who closed its days, and which deletions were of dummies: numbers and references",
        *("pages.SignOff", "pages.DummyRun"),
    ),
    _kept(
        "what requests leave behind",
        "Holds, duties and restores outlive the requests that they touch: why something was kept, owed or erased again",
        *("privacy_app.Hold", "privacy_app.HeldSubject", "privacy_app.Duty"),
        *("privacy_app.Purge", "privacy_app.Restore"),
    ),
)
