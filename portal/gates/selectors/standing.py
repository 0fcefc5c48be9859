"""How an asset stands with the gate: by the latest run of each job that writes it, and by what lineage saw run.

An ungated deploy is one that was told of afterwards, or a run whose commit no verdict let through although the job uses
the gate: lineage knows of it before anybody tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lineage_app import selectors as lineage
from portal.gates.domain.verdict import Outcome
from portal.gates.models import GateRun, Touched

WORDS = {
    Outcome.PASS: ("Passed the gate", "ok"),
    Outcome.FAIL: ("Failed the gate", "bad"),
    Outcome.UNDECIDED: ("Not yet known", "wait"),
    Outcome.UNGATED: ("Ungated deploy", "bad"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One job that writes the asset: its latest run, and the word for it."""

    run: GateRun
    word: str
    kind: str
    said: str = ""
    seen_at: datetime | None = None


def standings(asset: Any) -> list[Standing]:
    """One for each job that asked the gate about writing this asset, by the job's name."""
    latest: dict[tuple[str, str], GateRun] = {}
    writing = Touched.objects.filter(asset=asset).exclude(role=Touched.Role.READS).values("run")
    for run in (
        GateRun.objects.filter(pk__in=writing).order_by("namespace", "name", "-at", "-pk").distinct("namespace", "name")
    ):
        latest[run.namespace, run.name] = run
    seen = {(ran.job.namespace, ran.job.name): ran for ran in reversed(lineage.latest_runs(asset, 20)) if ran.job}
    return [_standing(run, seen.get(job)) for job, run in latest.items()]


def _standing(run: GateRun, ran: Any) -> Standing:
    word, kind = WORDS[Outcome(run.verdict)]
    commit = _revision(ran) if ran is not None and ran.status == "COMPLETE" else ""
    if commit and ran.last_at > run.at and commit != run.commit and not _let_through(run, commit):
        said = f"Lineage saw {run.name} run from {commit[:12]}, which no verdict let through."
        return Standing(run, *WORDS[Outcome.UNGATED], said, ran.last_at)
    return Standing(run, word, kind, run.why)


def _let_through(run: GateRun, commit: str) -> bool:
    same = GateRun.objects.filter(namespace=run.namespace, name=run.name, commit=commit)
    return same.filter(verdict__in=(Outcome.PASS.value, Outcome.UNGATED.value)).exists()


def _revision(ran: Any) -> str:
    code = ran.job_facets.get("sourceCodeLocation")
    return str(code.get("version") or "") if isinstance(code, dict) else ""
