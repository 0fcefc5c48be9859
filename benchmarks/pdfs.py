"""Deletion proofs as PDF: how many a minute one core makes, signed, and how much memory that takes.

python -m benchmarks.pdfs [HOW_MANY]     20 by default

Against the figure of the field notes for this library and a document of four pages: 1.5 s, 87 MB, about 40 a minute.
The memory is that of the whole process, the portal's own code included.
"""

import resource
import statistics
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.own_servers import installed_portal
from benchmarks.report import report

AT = datetime(2026, 9, 6, 18, 22, 10, tzinfo=UTC)
SYSTEMS = 12
NOTED_SECONDS, NOTED_MB = 1.5, 87


def main() -> int:
    """Render and sign, and return 1 where a figure is past its limit."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with installed_portal():
        proof = a_proof()
        make(proof)  # fonts and the signing key are made once in a worker's life
        before, times = _megabytes(), []
        for _ in range(many):
            began = time.process_time()
            pdf = make(proof)
            times.append(time.process_time() - began)
        return _judge(times, before, pdf)


def _judge(times: list[float], before: float, pdf: bytes) -> int:
    median, peak = statistics.median(times), _megabytes()
    told = f"{median:.2f} s of one core each, {len(pdf) / 1024:.0f} kB, {SYSTEMS} systems, {len(times)} in a row"
    code = report(
        "pdf_proofs_a_minute", 60 / median, limit=20, at_least=True, unit="/min",
        against=f"40 a minute of the field notes for four pages ({NOTED_SECONDS} s)", detail=told,
    )  # fmt: skip
    code |= report(
        "pdf_proof_memory", peak, limit=400, unit="MB",
        against=f"{NOTED_MB} MB of the field notes for the library alone", detail="peak of the whole process",
    )  # fmt: skip
    return code | report(
        "pdf_proof_memory_growth", peak - before, limit=100, unit="MB",
        against="the peak after the first document", detail=f"over {len(times)} documents in one process",
    )  # fmt: skip


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make(proof: dict[str, Any]) -> bytes:
    """One signed PDF with its JSON attached, as a worker makes it."""
    from portal.core.documents.services import render_pdf, sign_pdf
    from portal.core.evidence.domain.canonical import canonical_bytes, digest
    from privacy_app.services.showing import pdf_context

    data = canonical_bytes(proof)
    return sign_pdf(
        render_pdf(
            "privacy_app/documents/proof.html",
            pdf_context(proof, digest(data)),
            title=f"Deletion proof {proof['req_id']}",
            created=AT,
            attachments=[("proof.json", data, "The proof as canonical JSON (RFC 8785)")],
        )
    )


def a_proof() -> dict[str, Any]:
    """An artifact of twelve systems, made by the code that makes real ones."""
    from privacy_app.domain.artifact import SystemResult, Verification, build
    from privacy_app.domain.verdict import Probe, Residual, judge

    probes = {name: Probe(3, 0) for name in ("logical", "decoded", "raw")}
    left = (Residual("nightly base backups", date(2026, 12, 22)),)
    systems = [
        SystemResult(
            name=f"system-{number:02d}", dataset="public.customers", kind="postgresql", judgement=judge(probes, left),
            amounts={"rows": 3, "ids": [f"hmac-sha256:{place:064x}" for place in range(3)]}, done_at=AT, purged_at=AT,
            probes=probes, residuals=left, attempts=1, place="derived",
        )
        for number in range(SYSTEMS)
    ]  # fmt: skip
    return build(
        req_id="DEL-2026-09-05-0183",
        tokens=[("email", f"hmac-sha256:{1:064x}")],
        hints=[("email", "u•••@e•••.com")],
        submitted_at=AT,
        completed_at=AT,
        systems=systems,
        queries=[Verification(each.name, 0, AT) for each in systems],
        more=_more(),
    )


def _more() -> dict[str, Any]:
    when, plan = "2026-09-06T09:00:00Z", "sha256:" + "2" * 64
    who = {"role": "privacy_officer", "approver": "7d0c", "strength": "passkey", "digest": plan, "signed_at": when}
    clocks = {
        "gross_seconds": 86400, "net_seconds": 86400, "pauses": [], "slo_hours": 72, "slo_due": when, "slo_met": True,
        "statutory_due": when, "statutory_met": True,
    }  # fmt: skip
    return {
        "controller": {"name": "Example Company", "dpo": "dpo@example.com"},
        "right": "erasure",
        "law": "GDPR Art. 17",
        "identity": {"method": "code", "at": when},
        "resolved_set_digest": plan,
        "plan_digest": plan,
        "subject_policy": "keyed",
        "approvals": [who],
        "clocks": clocks,
        "models": [],
        "exemptions": [],
        "recipients": [],
        "left_out": [],
        "lineage": [{"from": "public.customers", "to": f"copy-{number}"} for number in range(6)],
        "suppression": {"tokens": 1, "basis": "GDPR Art. 17(1)", "active_from": when},
        "not_covered": ["Systems that nobody registered."],
        "ledger": {"origin": "custody.example.com/log", "entries": [{"what": "checked", "kind": "a:b:c", "index": 1}]},
    }


if __name__ == "__main__":
    sys.exit(main())
