"""The list of gate runs and the page of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contracts_app.domain.waivers import waivable
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.gates import selectors
from portal.gates.domain.verdict import Outcome, State
from portal.gates.models import GateFinding, GateRun
from portal.gates.selectors.standing import WORDS

TIMES = (("1", "Last day"), ("7", "Last week"), ("30", "Last 30 days"), ("", "Any time"))
MARKS = {
    State.FAIL: ("Fails", "bad"),
    State.UNKNOWN: ("Not yet known", "wait"),
    State.WAIVED: ("Waived", "warn"),
    State.PASS: ("Passes", "ok"),
}


@require_GET
@requires(Act.READ)
def run_list(request: HttpRequest) -> HttpResponse:
    """All runs, by job, verdict, asset and time."""
    asked = {key: request.GET.get(key, "").strip() for key in ("job", "verdict", "asset", "days")}
    days = int(asked["days"]) if asked["days"].isdecimal() and len(asked["days"]) < 5 else 0
    found = selectors.runs_like(
        request.user,
        job=asked["job"],
        verdict=asked["verdict"],
        asset=asked["asset"],
        since=now() - timedelta(days=days) if days else None,
    )
    page = Paginator(found.prefetch_related("touched__asset"), 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(run, *WORDS[Outcome(run.verdict)], _writes(run)) for run in page],
        "asked": asked,
        "filtered": any(asked.values()),
        "verdicts": [(outcome.value, WORDS[outcome][0]) for outcome in Outcome],
        "times": TIMES,
        "waivers_wait": may(request.user, Act.WAIVE_GATE),
    }
    return render(request, "gates/list.html", context)


@require_GET
@requires(Act.READ)
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One verdict: what each gate found, who can unblock it, and the command to run again."""
    run = selectors.run_for(request.user, pk)
    word, kind = WORDS[Outcome(run.verdict)]
    gates: list[dict[str, Any]] = [
        {**gate, "word": MARKS[State(gate["state"])][0], "kind": MARKS[State(gate["state"])][1],
         "rows": [_row(request.user, one) for one in found]}
        for gate, found in selectors.findings_by_gate(run)
    ]  # fmt: skip
    touched = list(run.touched.all())
    context = {
        "run": run,
        "word": word,
        "kind": kind,
        "gates": gates,
        "writes": [one for one in touched if one.role == "writes"],
        "seen": [one for one in touched if one.role == "seen" and one.asset],
        "reads": [one for one in touched if one.role == "reads"],
        "failing": sum(row["one"].state == State.FAIL for gate in gates for row in gate["rows"]),
        "waived": sum(row["one"].state == State.WAIVED for gate in gates for row in gate["rows"]),
    }
    return render(request, "gates/run.html", context)


def _writes(run: GateRun) -> list[Any]:
    return [one for one in run.touched.all() if one.role != "reads"]


def _row(user: Any, one: GateFinding) -> dict[str, Any]:
    word, kind = MARKS[State(one.state)]
    fails = one.state == State.FAIL
    return {"one": one, "word": word, "kind": kind, "waivable": fails and _may_ask(user, one)}


def _may_ask(user: Any, one: GateFinding) -> bool:
    asks = may(user, Act.WAIVE_GATE) or may(user, Act.WRITE_CONTRACT)
    return asks and waivable(one.rule).longest is not None
