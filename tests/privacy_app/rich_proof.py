"""An artifact with everything that a proof can hold, made by the code that makes real ones."""

from datetime import UTC, date, datetime

from privacy_app.domain.artifact import SystemResult, Verb, Verification, build
from privacy_app.domain.verdict import Judgement, Probe, Residual, Verdict, judge

AT = datetime(2026, 9, 6, 18, 22, 10, tzinfo=UTC)
CLEAN = {"logical": Probe(3, 0), "decoded": Probe(5, 0), "raw": Probe(9, 0)}
BLIND = {
    "logical": Probe(2, 0),
    "decoded": Probe(None, None, "the provider gives no access to its files"),
    "raw": Probe(None, None, "the provider gives no access to its files"),
}
WAL = Residual("write-ahead log", date(2026, 9, 9), 2)
COPIES = Residual("nightly base backups", date(2026, 12, 22))


def system(name, dataset, kind, *, probes=CLEAN, residuals=(), judgement=None, **more):
    return SystemResult(
        name=name,
        dataset=dataset,
        kind=kind,
        judgement=judgement or judge(probes, residuals),
        amounts=more.pop("amounts", {"rows": 3}),
        done_at=AT,
        purged_at=more.pop("purged_at", AT),
        probes=probes,
        residuals=residuals,
        attempts=more.pop("attempts", 1),
        **more,
    )


SYSTEMS = [
    system("lake-delta", "events.clickstream", "delta", place="derived",
           amounts={"rows": 48211, "partitions": [f"hmac-sha256:{7:064x}", f"hmac-sha256:{8:064x}"]}),
    system("vector-store", "profiles.embeddings", "pgvector", place="derived",
           amounts={"rows": 4, "ids": [f"hmac-sha256:{n:064x}" for n in range(4)]}, attempts=3),
    system("feature-cache", "features:profile", "valkey", place="derived", residuals=(COPIES,)),
    system("mail-provider", "newsletter list", "manual", probes=BLIND, place="derived", action=Verb.ATTEST,
           action_reason="the provider has no interface for it", purged_at=None,
           more={"attestation": "sha256:" + "5" * 64, "accepted_by": "5f0c"}),
    system("warehouse", "finance.invoices", "postgresql", place="derived", action=Verb.KEEP, judgement=Judgement(
        Verdict.EXEMPT, "Exempt: tax law, kept until 2034-12-31"), purged_at=None, amounts={"rows": 0}),
    system("survey-tool", "answers", "sqlite", place="derived", action=Verb.ANONYMISE,
           action_reason="the statistics must stay, the person must not"),
    system("crm", "public.customers", "postgresql", place="identity_source", residuals=(WAL,)),
    system("backups", "nightly archive", "encrypted_backup", place="backup", action=Verb.SHRED),
    system("portal", "deletion requests", "portal", place="portal", action=Verb.KEEP, own_record=True, probes={},
           action_reason="kept sealed until the appeal window ends", purged_at=None,
           judgement=Judgement(Verdict.RESIDUAL, "Sealed until 2026-12-05.", date(2026, 12, 5)),
           residuals=(Residual("this request's sealed identifiers", date(2026, 12, 5)),)),
]  # fmt: skip
MORE = {
    "controller": {"name": "Example Company", "dpo": "dpo@example.com"},
    "right": "erasure",
    "law": "GDPR Art. 17",
    "identity": {"method": "code sent to the address", "at": "2026-09-05T18:30:00Z"},
    "resolved_set_digest": "sha256:" + "1" * 64,
    "plan_digest": "sha256:" + "2" * 64,
    "subject_policy": "keyed",
    "approvals": [
        {"role": "privacy_officer", "approver": "7d0c", "digest": "sha256:" + "2" * 64,
         "strength": "passkey, person verified", "signed_at": "2026-09-06T09:00:00Z"},
        {"role": "head_of_data", "approver": "5f0c", "digest": "sha256:" + "2" * 64,
         "strength": "password and one-time code", "signed_at": "2026-09-06T09:30:00Z",
         "signed_list": ["sha256:" + "2" * 64, "sha256:" + "3" * 64], "high_risk": ["a backup is rewritten"]},
    ],
    "clocks": {
        "gross_seconds": 86400, "net_seconds": 82800, "slo_hours": 72, "slo_due": "2026-09-08T18:00:00Z",
        "slo_met": True, "statutory_due": "2026-10-05T18:00:00Z", "statutory_met": False,
        "pauses": [{"from": "2026-09-05T19:00:00Z", "to": "2026-09-05T20:00:00Z"}],
    },
    "models": [{"name": "ml/churn", "why": "trained on features:profile", "duty": "retrain", "due": "2026-10-01"}],
    "exemptions": [{"system": "warehouse", "dataset": "finance.invoices", "basis": "tax law § 147", "fields": ["iban"],
                    "expires_on": "2034-12-31"}],
    "recipients": [{"name": "Acme Mailing", "told_at": "2026-09-06T19:00:00Z", "acknowledged": True}],
    "left_out": [{"dataset": "tmp.scratch", "why": "downstream of crm", "reason": "emptied every night"}],
    "lineage": [{"from": "public.customers", "to": "features:profile"},
                {"from": "features:profile", "to": "profiles.embeddings"},
                {"from": "public.customers", "to": "events.clickstream"}],
    "suppression": {"tokens": 3, "basis": "GDPR Art. 17(1), 5(1)(d)", "active_from": "2026-09-06T09:30:01Z"},
    "not_covered": ["Systems that nobody registered.", "Blocks that a file system has not yet overwritten."],
    "ledger": {"origin": "custody.example.com/log",
               "entries": [{"what": "approved", "kind": "privacy:plan:approved", "index": 1041},
                           {"what": "checked", "kind": "privacy:request:checked", "index": 1077}]},
}  # fmt: skip


def rich_proof(**changes):
    """The artifact; `changes` replace its additive parts."""
    return build(
        req_id="DEL-2026-09-05-0183",
        tokens=[("email", f"hmac-sha256:{10:064x}"), ("customer_id", f"hmac-sha256:{11:064x}")],
        hints=[("email", "u•••@e•••.com"), ("customer_id", "c•••")],
        submitted_at=AT.replace(day=5),
        completed_at=AT,
        systems=SYSTEMS,
        queries=[Verification(f"{each.name}/{each.dataset}", 0, AT) for each in SYSTEMS],
        more={**MORE, **changes},
    )
