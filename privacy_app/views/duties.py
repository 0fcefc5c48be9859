"""Models that are trained anew after an erasure, or whose basis is documented."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from privacy_app.forms.staff import ReasonForm
from privacy_app.selectors import duties as selectors
from privacy_app.services import duties
from privacy_app.views.common import REFUSALS


@requires(Act.PLAN_DELETION, Act.SIGN_PRODUCER)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every duty of one's own teams; a privacy officer sees all."""
    context = {"duties": selectors.duties_for(request.user), "officer": may(request.user, Act.PLAN_DELETION)}
    return render(request, "privacy_app/duties.html", context)


@requires(Act.PLAN_DELETION, Act.SIGN_PRODUCER)
@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One duty; the POST documents the basis on which the model stays as it is."""
    duty = selectors.duties_for(request.user).filter(pk=pk).first()
    if duty is None:
        raise Http404("There is no such duty of your teams.")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            duties.document(user=request.user, duty_id=pk, basis=form.cleaned_data["reason"])
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The basis is documented; the duty has ended.")
            return redirect("privacy:duties")
    return render(request, "privacy_app/duty.html", {"duty": duty, "form": form}, status=422 if form.is_bound else 200)
