"""The binding steps of a proposal: withdraw, sign. Each has a check page and a POST."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contracts_app import selectors, services
from contracts_app.domain.lifecycle import SigningRole
from contracts_app.models import Version
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require
from portal.core.signing import proofs
from portal.core.signing.services import SigningRefused

PROMISES = {
    SigningRole.PRODUCER: (
        "the data of this asset will keep what this version promises: schema, rules and SLOs",
        "no breaking change will be made without a new version and its notice",
    ),
    SigningRole.NEW_OWNER: (
        "your team takes this asset over, with everything that this version promises",
        "the people named as on call and contact know that they are",
    ),
    SigningRole.ACCOUNTABLE: (
        "you answer for this asset and for what its producer promises here",
        "the people named as owner and on call are the right ones",
    ),
    SigningRole.PRIVACY: (
        "what this version says of personal data, retention, residency and encryption is what the organisation permits",
        "the deletion targets named here are all the places where a deletion must reach",
    ),
}


@require_http_methods(["GET", "POST"])
@requires(Act.PROPOSE_EDIT)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End a proposal, with the reason that its signers will read."""
    version = selectors.version_for(request.user, pk)
    if version.proposed_by_id != request.user.pk:
        require(request.user, Act.WRITE_CONTRACT, version.contract)
    if request.method == "GET":
        return render(request, "contracts_app/withdraw.html", {"version": version})
    reason = request.POST.get("reason", "")
    try:
        services.withdraw(user=request.user, version=version, reason=reason)
    except services.Refused as refused:
        context = {"version": version, "problems": refused.reasons, "reason": reason}
        return render(request, "contracts_app/withdraw.html", context, status=422)
    return redirect(version.get_absolute_url())


@require_http_methods(["GET", "POST"])
@requires(Act.SIGN_PRODUCER, Act.SIGN_ACCOUNTABLE, Act.SIGN_PRIVACY)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Check what is signed, then sign it, by passkey or by password and one-time code."""
    version = selectors.version_for(request.user, pk)
    if not selectors.holds_signing_role(request.user, version):
        raise PermissionDenied(selectors.why_not_sign(request.user, version))
    if request.method == "GET":
        return _sign_page(request, version)
    try:
        link = services.sign(
            user=request.user,
            version=version,
            challenge_id=request.POST.get("challenge", ""),
            proof=proofs.read(request.POST),
        )
    except (services.Refused, SigningRefused) as refused:
        return _sign_page(request, version, str(refused))
    return redirect(f"{version.get_absolute_url()}&signed={link.pk}")


def _sign_page(request: HttpRequest, version: Version, refused: str = "") -> HttpResponse:
    context: dict[str, Any] = {"version": version, "contract": version.contract, "refused": refused}
    status = 422 if refused else 200
    try:
        challenge = services.begin_signature(user=request.user, version=version)
    except (services.Refused, SigningRefused) as error:
        return render(request, "contracts_app/sign.html", {**context, "closed": str(error)}, status=status)
    role = SigningRole(challenge.role)
    links = version.signatures.filter(voided_at=None).select_related("user", "signature")
    context |= {
        "challenge": challenge,
        "promises": PROMISES[role],
        "role": role,
        "links": links,
        "document": version.document,
        "asset": selectors.asset_of(version),
        "action": reverse("contracts:sign", args=[version.pk]),
    }
    return render(request, "contracts_app/sign.html", context, status=status)
