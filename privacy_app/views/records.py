"""The request's own data: how long it is kept, why, and what its purge removed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from privacy_app.forms.records import ExtendForm
from privacy_app.selectors.records import record_of
from privacy_app.services import appeal
from privacy_app.views.common import attempt, wanted


@requires(Act.READ_REQUESTS)
@require_GET
def record(request: HttpRequest, req_id: str) -> HttpResponse:
    """What is still kept of this request, until when, and what was removed."""
    return _page(request, req_id, ExtendForm())


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, req_id: str) -> HttpResponse:
    """Keep it longer while a complaint runs."""
    form = ExtendForm(request.POST or None)
    found = wanted(request, req_id)
    if request.method == "POST" and form.is_valid():
        try:
            appeal.extend(user=request.user, request_id=found.pk, **form.cleaned_data)
        except appeal.AppealRefused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("privacy:record", req_id)
    return _page(request, req_id, form, extending=True)


@requires(Act.READ_REQUESTS)
@require_POST
def end_extension(request: HttpRequest, req_id: str) -> HttpResponse:
    """The complaint is over."""
    found = wanted(request, req_id)
    attempt(
        request,
        lambda: appeal.end_extension(user=request.user, request_id=found.pk),
        "The complaint is over. The record goes at the end of its window.",
    )
    return redirect("privacy:record", req_id)


def _page(request: HttpRequest, req_id: str, form: ExtendForm, *, extending: bool = False) -> HttpResponse:
    found = wanted(request, req_id)
    context = {
        "found": found,
        "record": record_of(found, appeal.why_kept(found)),
        "form": form,
        "extending": extending,
        "may_extend": found.appeal_until is not None and not found.is_open and found.shredded_at is None,
    }
    return render(request, "privacy_app/record.html", context, status=422 if form.errors else 200)
