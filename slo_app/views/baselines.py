"""The baselines of an SLO, and making a new one after a check."""

from __future__ import annotations

from celery import signature
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.core.clock.beat import wake
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may, require
from portal.core.web.idempotency import key_of

from ..forms.baselines import BaselineForm
from ..models import Slo
from ..selectors import slo_for
from ..selectors.baselines import baseline_view
from ..services.baselines import BaselineError, make_baseline


@requires(Act.READ)
@require_http_methods(["GET"])
def baselines(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest baseline beside the newest distribution, and every one before it."""
    found = _compared(request, pk)
    return render(request, "slo_app/baselines.html", _facts(request, found))


@requires(Act.SET_SLO)
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """What a new baseline will change; then the baseline."""
    found = _compared(request, pk)
    require(request.user, Act.SET_SLO, found.asset)
    form = BaselineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_baseline(
                user=request.user, slo=found, reason=form.cleaned_data["reason"], key=key_of(request), span=form.span
            )
        except BaselineError as error:
            form.add_error(None, str(error))
        else:
            wake(signature("slo_app.tick"))
            messages.success(request, f"{made} is in force, made from {made.rows:,} rows.")
            return redirect("slos:baselines", pk=found.pk)
    context = _facts(request, found) | {"form": form}
    return render(request, "slo_app/baseline_make.html", context, status=422 if form.errors else 200)


def _compared(request: HttpRequest, pk: int) -> Slo:
    found = slo_for(request.user, pk)
    if baseline_view(found) is None:
        raise Http404(f"{found} is not compared with a baseline.")
    return found


def _facts(request: HttpRequest, found: Slo) -> dict[str, object]:
    return {
        "slo": found,
        "view": baseline_view(found),
        "may_set": may(request.user, Act.SET_SLO, found.asset),
    }
