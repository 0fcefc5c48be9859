"""Waivers: the list, one of them, asking for one, signing it, revoking it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from contracts_app import selectors, services
from contracts_app.domain.waivers import Waivable, waivable
from contracts_app.forms.waivers import WaiverForm
from contracts_app.models import Waiver
from contracts_app.services.waivers import Waived
from portal.core.catalog.selectors import asset_of_key
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.core.signing import proofs
from portal.core.signing.services import SigningRefused
from portal.core.web.idempotency import key_of

STATES = (("", "Any"), ("asked", "Waits for its signature"), ("force", "In force"), ("ended", "Expired or revoked"))
WORDS = ("rule", "path", "job", "version")
LONGEST_WORD = 1600
PROMISES = (
    "what this rule would have stopped may go out until the day named here",
    "your name, the reason and the end are shown in every verdict that relies on it",
)


@require_GET
@requires(Act.READ)
def waiver_list(request: HttpRequest) -> HttpResponse:
    """All waivers, by state, words and job."""
    asked = {key: request.GET.get(key, "").strip() for key in ("state", "q", "job")}
    found = selectors.waivers_like(request.user, state=asked["state"], text=asked["q"], job=asked["job"])
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    at = now()
    context = {
        "page": page,
        "rows": [(waiver, *waiver.standing(at)) for waiver in page],
        "asked": asked,
        "filtered": any(asked.values()),
        "states": STATES,
    }
    return render(request, "contracts_app/waivers.html", context)


@require_GET
@requires(Act.READ)
def waiver_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One waiver: what it lets through, why, until when, and who answers for it."""
    waiver = selectors.waiver_for(request.user, pk)
    word, kind = waiver.standing(now())
    open_one = waiver.revoked_at is None and waiver.expires_at > now()
    holds = may(request.user, Act.WAIVE_GATE)
    context = {
        "waiver": waiver,
        "word": word,
        "kind": kind,
        "may_sign": holds and open_one and waiver.signed_at is None,
        "may_revoke": holds and open_one,
    }
    return render(request, "contracts_app/waiver.html", context)


@require_http_methods(["GET", "POST"])
@requires(Act.WAIVE_GATE, Act.WRITE_CONTRACT)
def new_waiver(request: HttpRequest) -> HttpResponse:
    """Ask for a waiver of what the address names; it counts once the head of data has signed it."""
    what = _what(request)
    if request.method == "GET":
        return _ask_page(request, what, WaiverForm())
    form = WaiverForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, what, form)
    ends = now() + timedelta(days=form.cleaned_data["days"])
    try:
        waiver = services.ask_waiver(
            user=request.user, what=what, reason=form.cleaned_data["reason"], expires_at=ends, key=key_of(request)
        )
    except services.Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return _ask_page(request, what, form)
    signs = may(request.user, Act.WAIVE_GATE) and waiver.signed_at is None
    return redirect(reverse("contracts:sign_waiver", args=[waiver.pk]) if signs else waiver.get_absolute_url())


@require_http_methods(["GET", "POST"])
@requires(Act.WAIVE_GATE)
def sign_waiver(request: HttpRequest, pk: int) -> HttpResponse:
    """Check what is waived, then sign it, by passkey or by password and one-time code."""
    waiver = selectors.waiver_for(request.user, pk)
    if request.method == "GET":
        return _sign_page(request, waiver)
    try:
        services.sign_waiver(
            user=request.user,
            waiver=waiver,
            challenge_id=request.POST.get("challenge", ""),
            proof=proofs.read(request.POST),
        )
    except (services.Refused, SigningRefused) as refused:
        return _sign_page(request, waiver, str(refused))
    return redirect(f"{waiver.get_absolute_url()}?signed=yes")


@require_http_methods(["GET", "POST"])
@requires(Act.WAIVE_GATE)
def revoke_waiver(request: HttpRequest, pk: int) -> HttpResponse:
    """End a waiver before its time, with the reason that whoever relied on it will read."""
    waiver = selectors.waiver_for(request.user, pk)
    context: dict[str, Any] = {"waiver": waiver}
    if request.method == "GET":
        return render(request, "contracts_app/waiver_revoke.html", context)
    reason = request.POST.get("reason", "")
    try:
        services.revoke_waiver(user=request.user, waiver=waiver, reason=reason)
    except services.Refused as refused:
        context |= {"problems": refused.reasons, "reason": reason}
        return render(request, "contracts_app/waiver_revoke.html", context, status=422)
    return redirect(waiver.get_absolute_url())


def _what(request: HttpRequest) -> Waived:
    """What the address (or the form that keeps it) names."""
    sent = request.POST if request.method == "POST" else request.GET
    word = {
        key: sent.get(key, "").strip()[:LONGEST_WORD].replace("\0", "") for key in ("rule", "path", "job", "version")
    }
    version = selectors.version_for(request.user, int(word["version"])) if _is_id(word["version"]) else None
    asset = asset_of_key(word["path"]) if version is None else None
    return Waived(word["rule"][:60], word["path"], version, version and version.contract, asset, word["job"][:700])


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18


def _ask_page(request: HttpRequest, what: Waived, form: WaiverForm) -> HttpResponse:
    allowed = _allowed(what)
    context = {"what": what, "form": form, "allowed": allowed, "days": allowed.longest.days if allowed.longest else 0}
    return render(request, "contracts_app/waiver_new.html", context, status=422 if form.errors else 200)


def _allowed(what: Waived) -> Waivable:
    """Whether this may be waived at all: by its row of the report for a change, by its rule for a finding."""
    if not what.rule:
        return Waivable(None, "Start from a gate run or a change report: each row that may be waived has a link.")
    if what.version is None:
        return waivable(what.rule)
    meant = (what.rule, what.path)
    rows = [one for one in what.version.report.get("changes", ()) if (one["kind"], one["path"]) == meant]
    if not rows:
        return Waivable(None, f"{what.version} has no such row in its change report.")
    return waivable(what.rule, {gate for row in rows for gate in row["gates"]} or {"none"})


def _sign_page(request: HttpRequest, waiver: Waiver, refused: str = "") -> HttpResponse:
    context: dict[str, Any] = {"waiver": waiver, "refused": refused, "promises": PROMISES}
    try:
        context["challenge"] = services.begin_waiver_signature(user=request.user, waiver=waiver)
    except (services.Refused, SigningRefused) as error:
        context["closed"] = str(error)
    context["action"] = reverse("contracts:sign_waiver", args=[waiver.pk])
    return render(request, "contracts_app/waiver_sign.html", context, status=422 if refused else 200)
