"""Runs for the pages and the API: found, one of them, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require
from portal.gates.domain.verdict import Outcome, State
from portal.gates.models import GateFinding, GateRun, Touched

SHOWN_FOR = timedelta(days=30)


def runs_like(
    user: Any, *, job: str = "", verdict: str = "", asset: str = "", since: datetime | None = None
) -> QuerySet[GateRun]:
    """Runs by words in the job's name, verdict, asset (its id or words in its name), and time; the latest first."""
    require(user, Act.READ)
    found = GateRun.objects.all()
    if job:
        found = found.filter(Q(name__icontains=job) | Q(namespace__icontains=job))
    if verdict:
        found = found.filter(verdict=verdict)
    if asset:
        words = Q(asset__name__icontains=asset) | Q(label__icontains=asset)
        named = Q(asset=int(asset)) if asset.isdecimal() and len(asset) < 18 else words
        found = found.filter(pk__in=Touched.objects.filter(named).values("run"))
    return found.filter(at__gte=since) if since else found


def run_for(user: Any, pk: int) -> GateRun:
    """The run with what it touched; raises Http404 or PermissionDenied."""
    require(user, Act.READ)
    found = GateRun.objects.prefetch_related("touched__asset").select_related("token").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such gate run.")
    return found


def findings_by_gate(run: GateRun) -> list[tuple[dict[str, str], list[GateFinding]]]:
    """Each gate as it was said, with its findings, the loudest first."""
    found = list(run.findings.select_related("waiver__signer"))
    order = list(State)
    found.sort(key=lambda one: order.index(State(one.state)))
    return [(gate, [one for one in found if one.gate == gate["key"]]) for gate in run.gates]


def known_jobs() -> int:
    """How many jobs have asked the gate."""
    return GateRun.objects.order_by().values("namespace", "name").distinct().count()


def failed_for_teams(team_ids: Iterable[int]) -> list[GateRun]:
    """Jobs that write something of these teams and whose latest run failed or was ungated, within 30 days."""
    newest = GateRun.objects.filter(namespace=OuterRef("namespace"), name=OuterRef("name")).order_by("-at", "-pk")
    bad = (Outcome.FAIL.value, Outcome.UNGATED.value)
    mine = Touched.objects.filter(asset__owner_team__in=list(team_ids)).exclude(role=Touched.Role.READS).values("run")
    found = GateRun.objects.filter(verdict__in=bad, at__gte=now() - SHOWN_FOR, pk__in=mine)
    return list(found.filter(pk=Subquery(newest.values("pk")[:1])))


def as_json(run: GateRun) -> dict[str, Any]:
    """The verdict as the API gives it (docs/gate.md)."""
    gates = findings_by_gate(run)
    return {
        "id": run.pk,
        "url": f"{settings.BASE_URL}{run.get_absolute_url()}",
        "verdict": run.verdict,
        "decided_at": run.at.isoformat(),
        "job": {"namespace": run.namespace, "name": run.name},
        "commit": run.commit,
        "image": run.image,
        "gates": [{**gate, "findings": [_finding(one) for one in found]} for gate, found in gates],
        "reports": run.reports,
    }


def _finding(one: GateFinding) -> dict[str, Any]:
    words = ("rule", "state", "message", "path", "file", "line", "who", "todo", "contract", "version")
    return {word: getattr(one, word) for word in words} | {"waiver": _waiver(one.waiver)}


def _waiver(waiver: Any) -> dict[str, str] | None:
    if waiver is None:
        return None
    return {
        "reason": waiver.reason,
        "expires_at": waiver.expires_at.isoformat(),
        "signer": waiver.signer.name,
        "url": f"{settings.BASE_URL}{waiver.get_absolute_url()}",
    }
