"""Check your answers before a draft is frozen: what, what it changes, who signs, who is told, until when."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts_app import selectors, services
from contracts_app.models import Version
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require
from portal.core.web.idempotency import key_of

_LINE = re.compile(r"Line (\d+),")
_PATH = re.compile(r"`([\w.]+)`")


@require_http_methods(["GET", "POST"])
@requires(Act.PROPOSE_EDIT)
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Check what a proposal will say and need, then freeze it."""
    version = selectors.version_for(request.user, pk)
    require(request.user, Act.PROPOSE_EDIT, version.contract)
    if request.method == "GET":
        return _proposal(request, version)
    token = request.POST.get("token", "")
    try:
        seen = int(token) if token.isdecimal() else 0
        services.propose(user=request.user, version=version, token=seen, key=key_of(request))
    except services.Refused as refused:
        return _proposal(request, version, refused.reasons)
    return redirect(version.get_absolute_url())


def _proposal(request: HttpRequest, version: Version, problems: list[str] | None = None) -> HttpResponse:
    check = services.check_proposal(version)
    context: dict[str, Any] = {"version": version, "contract": version.contract, "check": check, "problems": problems}
    context["reasons"] = [(reason, line_of(version, reason)) for reason in problems or check.reasons]
    if not check.reasons:
        context |= _answers(version, check)
    return render(request, "contracts_app/propose.html", context, status=422 if problems else 200)


def _answers(version: Version, check: Any) -> dict[str, Any]:
    """What the proposal will fix; the report is set on the version at hand only, to ask what would follow from it."""
    version.report = check.report
    days = selectors.days_of_notice(version)
    changes = [change for comparison in check.comparisons for change in comparison.changes]
    reached = selectors.downstream_of(version, changes) if changes else []
    return {
        "document": version.document,
        "asset": selectors.asset_of(version),
        "parties": [(role, check.parties.get(role)) for role in check.roles],
        "notice_days": days,
        "earliest": now() + timedelta(days=days),
        "told": selectors.answers_of(version),
        "gates": check.gates,
        "reached": reached,
        "hit_teams": sorted({one.owner for one in reached if one.owner}),
    }


def line_of(version: Version, reason: str) -> int:
    """The line of the draft that a reason speaks about: the one it names, or that of the path in it, else `version`."""
    if found := _LINE.match(reason):
        return int(found[1])
    root = version.loaded.source.root
    if root is None:
        return 1
    paths = [tuple(path.split(".")) for path in _PATH.findall(reason)] + [("version",)]
    nodes = (root.at(path) for path in paths)
    return next((node.start.line for node in nodes if node is not None), 1)
