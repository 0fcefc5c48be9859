"""What is said of a version beside the signatures: consumers answer, objections are weighed, grounds are given."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts_app import selectors, services
from contracts_app.domain.answers import Said
from contracts_app.models import Version
from contracts_app.selectors.answers import Standing
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, refusal
from portal.core.web.idempotency import key_of

CHOICES = {
    Said.ACCEPTED: ("Accept", "Your team can work with this version when it comes into force."),
    Said.OBJECTED: (
        "Object",
        "The version stays back until you withdraw it or the head of data overrules it.",
    ),
    Said.WITHDRAWN: ("Withdraw the objection", "The objection ends; it stays in the record."),
}


@require_http_methods(["GET", "POST"])
@requires(Act.ANSWER_CONTRACT)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Check what changes for the team, then accept or object for it."""
    version = selectors.version_for(request.user, pk)
    standings = selectors.consuming(request.user, version)
    if not standings:
        raise PermissionDenied(refusal(Act.ANSWER_CONTRACT, of_this_object=True))
    if request.method == "GET":
        return _answer_page(request, version, standings)
    said = request.POST.get("said", "")
    if said not in CHOICES:
        return _answer_page(request, version, standings, ["Choose what your team says of this version."])
    try:
        given = services.answer(
            user=request.user,
            version=version,
            team_id=_number(request.POST.get("team", "")),
            said=Said(said),
            reason=request.POST.get("reason", ""),
            key=key_of(request),
        )
    except services.Refused as refused:
        return _answer_page(request, version, standings, refused.reasons)
    return redirect(f"{version.get_absolute_url()}&tab=answers&given={given.pk}")


@require_http_methods(["GET", "POST"])
@requires(Act.SIGN_ACCOUNTABLE)
def overrule(request: HttpRequest, pk: int, team: int) -> HttpResponse:
    """Weigh an objection, and end it with a reason."""
    version = selectors.version_for(request.user, pk)
    one = next((each for each in selectors.answers_of(version) if each.team and each.team.pk == team), None)
    if one is None:
        raise Http404("This version does not name that team as a consumer.")
    context = {"version": version, "contract": version.contract, "standing": one}
    if request.method == "GET":
        return render(request, "contracts_app/overrule.html", context)
    reason = request.POST.get("reason", "")
    try:
        given = services.overrule(user=request.user, version=version, team_id=team, reason=reason, key=key_of(request))
    except services.Refused as refused:
        context |= {"problems": refused.reasons, "reason": reason}
        return render(request, "contracts_app/overrule.html", context, status=422)
    return redirect(f"{version.get_absolute_url()}&tab=answers&given={given.pk}")


@require_http_methods(["GET", "POST"])
@requires(Act.SIGN_PRIVACY)
def grounds(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why a weaker promise about people is right, and on what evidence."""
    version = selectors.version_for(request.user, pk)
    if request.method == "GET":
        return _grounds_page(request, version)
    asked = {key: request.POST.get(key, "") for key in ("kind", "path", "reason", "reference")}
    upload = request.FILES.get("document")
    try:
        services.give_grounds(user=request.user, version=version, key=key_of(request), document=upload, **asked)
    except services.Refused as refused:
        return _grounds_page(request, version, problems=refused.reasons, typed=asked)
    return redirect(f"{version.get_absolute_url()}&tab=life")


def _answer_page(
    request: HttpRequest, version: Version, standings: list[Standing], problems: list[str] | None = None
) -> HttpResponse:
    objecting = any(one.objects for one in standings)
    choices = [(said, *words) for said, words in CHOICES.items() if objecting or said is not Said.WITHDRAWN]
    if version.ends_at:
        choices = [(Said.ACCEPTED, "Accept", "Your team reads this data no more.")]
    context: dict[str, Any] = {
        "version": version,
        "contract": version.contract,
        "document": version.loaded.document,
        "standings": standings,
        "choices": choices,
        "open": selectors.answers_are_asked(version),
        "days": selectors.days_of_notice(version),
        "problems": problems or [],
        "typed": request.POST,
    }
    return render(request, "contracts_app/answer.html", context, status=422 if problems else 200)


def _grounds_page(request: HttpRequest, version: Version, **more: Any) -> HttpResponse:
    context = {"version": version, "contract": version.contract, "asked": selectors.grounds_asked(version), **more}
    return render(request, "contracts_app/grounds.html", context, status=422 if more else 200)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
