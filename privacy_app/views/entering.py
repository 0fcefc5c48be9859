"""Entering a request that came by letter or telephone, or at the counter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act
from portal.core.web.idempotency import key_of
from privacy_app.domain.clocks import Law
from privacy_app.forms.staff import StaffIntakeForm
from privacy_app.services import intake


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a request; its clocks run from the day on which it arrived. Sent twice, it is entered once."""
    form = StaffIntakeForm(request.POST or None, initial={"received_on": now().date()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = intake.receive(
            actor=actor_of(request.user),
            channel=given["channel"],
            email=given["email"],
            claims={"customer_id": given["customer_id"]},
            law=Law(given["law"]),
            code=given["send_code"],
            idempotency_key=f"staff:{key_of(request)}",
            origin=intake.Origin(language=given["language"], received_at=min(given["received_on"], now())),
        )
        messages.success(request, f"{made.req_id} is received. Its clocks run from {made.received_at:%Y-%m-%d}.")
        return redirect(made)
    return render(request, "privacy_app/new.html", {"form": form}, status=422 if form.is_bound else 200)
