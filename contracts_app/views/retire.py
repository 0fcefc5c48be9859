"""Ending a contract as a whole, after a check page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts_app import selectors, services
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require
from portal.core.web.idempotency import key_of


@require_http_methods(["GET", "POST"])
@requires(Act.SIGN_PRODUCER)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Who still reads the data and how long the window is; then the plan to retire it."""
    contract = selectors.contract_for(request.user, pk)
    require(request.user, Act.SIGN_PRODUCER, contract)
    context = {"contract": contract, "version": selectors.active_by_name(contract.name)}
    if request.method == "GET":
        return render(request, "contracts_app/retire.html", context)
    reason = request.POST.get("reason", "")
    try:
        version = services.plan_retirement(user=request.user, contract=contract, reason=reason, key=key_of(request))
    except services.Refused as refused:
        context |= {"problems": refused.reasons, "reason": reason}
        return render(request, "contracts_app/retire.html", context, status=422)
    return redirect(f"{version.get_absolute_url()}&tab=life")
