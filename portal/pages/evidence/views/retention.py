"""Retention for people: the rules and their figures, what expires when, and holds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.evidence.models import Artifact, Hold
from portal.core.evidence.selectors import stored_files
from portal.core.evidence.services import place_hold, release_hold
from portal.core.identity.access import requires
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.pages.evidence.forms import HoldForm
from portal.pages.evidence.retention.selectors import artifact_page, holds_of, standings
from portal.pages.evidence.selectors import PAGE
from portal.pages.evidence.watch import WholeLedger
from portal.pages.models import RetentionRun


@requires(Act.READ_EVIDENCE)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its rows, the oldest, and what the last night ended."""
    require(request.user, Act.READ_EVIDENCE, WholeLedger())
    run = RetentionRun.objects.select_related("entry").first()
    return render(request, "evidence/retention.html", {"standings": standings(run), "run": run})


@requires(Act.READ_EVIDENCE)
@require_safe
def artifacts(request: HttpRequest) -> HttpResponse:
    """The stored files, the soonest end first."""
    require(request.user, Act.READ_EVIDENCE, WholeLedger())
    held = request.GET.get("held") == "1"
    rows = list(artifact_page(request.GET.get("after", ""), held=held)[: PAGE + 1])
    holds = holds_of({row.digest for row in rows})
    context = {
        "rows": [(row, holds.get(row.digest)) for row in rows[:PAGE]],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "held": held,
    }
    return render(request, "evidence/artifacts.html", context)


@requires(Act.READ_EVIDENCE)
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, digest: str) -> HttpResponse:
    """Forbid some bytes to expire."""
    found = _stored(request, digest)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _place(request.user, digest, form.cleaned_data["reason"].strip())
        messages.success(request, "It is on hold: its bytes stay until the hold is released.")
        return redirect("evidence:artifacts")
    return _check(request, found, form, releasing=False)


@requires(Act.READ_EVIDENCE)
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, digest: str) -> HttpResponse:
    """Allow some bytes to expire again."""
    found = _stored(request, digest)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        for each in Hold.objects.filter(digest=digest, released_at=None):
            release_hold(each, actor=actor_of(request.user), reason=form.cleaned_data["reason"].strip())
        messages.success(request, "The hold is released: the bytes go at their end.")
        return redirect("evidence:artifacts")
    return _check(request, found, form, releasing=True)


@transaction.atomic
def _place(user: Any, digest: str, reason: str) -> None:
    """One hold at a time by this page: a form sent twice places one."""
    with connection.cursor() as cursor:  # no row lock: in production the application may not lock the ledger's rows
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [digest])
    if not Hold.objects.filter(digest=digest, released_at=None).exists():
        place_hold(digest, actor=actor_of(user), reason=reason)


def _stored(request: HttpRequest, digest: str) -> Artifact:
    require(request.user, Act.READ_EVIDENCE, WholeLedger())
    stored = stored_files({digest})
    if not stored:
        raise Http404("No file of that digest was ever stored.")
    return stored[0]


def _check(request: HttpRequest, found: Artifact, form: HoldForm, *, releasing: bool) -> HttpResponse:
    holds = Hold.objects.filter(digest=found.digest, released_at=None)
    context = {"artifact": found, "form": form, "releasing": releasing, "holds": holds}
    return render(request, "evidence/hold.html", context, status=422 if form.errors else 200)
