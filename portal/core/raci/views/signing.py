"""Signing a proposal, by passkey or by password and one-time code."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.signing import proofs
from portal.core.signing.services import SigningRefused

from .. import selectors, services
from ..models import Proposal
from .history import shown

PROMISES = {
    "accountable now": ("you give up or change what you answer for, as it is written here",),
    "accountable then": (
        "you answer for these rows from the last signature on",
        "the people named as responsible know that they are",
    ),
    "accountable now and then": (
        "you go on answering for these rows, as they are written here",
        "the people named as responsible know that they are",
    ),
}


@require_http_methods(["GET", "POST"])
@requires(Act.READ)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Check what is signed, then sign it."""
    proposal = selectors.proposal_for(request.user, pk)
    if not selectors.stands_behind(request.user, proposal):  # type: ignore[arg-type]  # @requires lets nobody in
        raise PermissionDenied(selectors.why_not_sign(request.user, proposal))  # type: ignore[arg-type]
    if request.method == "GET":
        return _page(request, proposal)
    try:
        demand = services.sign(
            user=request.user,
            proposal=proposal,
            challenge_id=request.POST.get("challenge", ""),
            proof=proofs.read(request.POST),
        )
    except (services.Refused, SigningRefused) as refused:
        return _page(request, proposal, str(refused))
    return redirect(f"{proposal.get_absolute_url()}?signed={demand.pk}")


def _page(request: HttpRequest, proposal: Proposal, refused: str = "") -> HttpResponse:
    context: dict[str, Any] = {"proposal": proposal, "refused": refused, "changes": shown(proposal.row_changes())}
    status = 422 if refused else 200
    try:
        challenge = services.begin_signature(user=request.user, proposal=proposal)
    except (services.Refused, SigningRefused) as error:
        return render(request, "raci/sign.html", {**context, "closed": str(error)}, status=status)
    demand = selectors.demand_for(request.user, proposal)  # type: ignore[arg-type]
    context |= {
        "challenge": challenge,
        "demand": demand,
        "promises": PROMISES[demand.capacity] if demand else (),
        "demands": proposal.demands.all(),
        "action": reverse("raci:sign", args=[proposal.pk]),
    }
    return render(request, "raci/sign.html", context, status=status)
