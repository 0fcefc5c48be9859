"""Legal holds and exemptions: the list, one hold, placing, reviewing and releasing it, and what it frees."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.clock.services import now
from portal.core.evidence.selectors import entries_about
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.idempotency import key_of
from privacy_app import evidence_kinds as kinds
from privacy_app.forms.holds import DaysForm, HoldForm
from privacy_app.forms.staff import ReasonForm
from privacy_app.models import Hold
from privacy_app.selectors import holds as reads
from privacy_app.services import freeing, holding
from privacy_app.states import HOLD
from privacy_app.views.common import REFUSALS, check_page, wanted

A_PAGE = 50
ABOUT = [each.name for each in (kinds.HOLD_PLACED, kinds.HOLD_REVIEWED, kinds.HOLD_RELEASED, kinds.STEP_KEPT)]


@requires(Act.READ_REQUESTS)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Holds by standing, and what can be erased because a hold has ended."""
    today, show = now().date(), request.GET.get("show", "in_force")
    show = show if show in reads.STANDINGS else "in_force"
    page = Paginator(reads.holds(request.user, show), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(each, today) for each in page],
        "show": show,
        "counts": reads.hold_counts(request.user),
        "erasable": reads.erasable(request.user)[:A_PAGE],
    }
    return render(request, "privacy_app/holds.html", context)


def _row(hold: Hold, today: date) -> dict[str, Any]:
    return {"hold": hold, "drawn": HOLD[hold.standing(today)], "scope": holding.scope_words(hold)}


@requires(Act.READ_REQUESTS)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One hold: what it keeps, for how long, why, and what is known of it in the ledger."""
    found, today = _wanted(request, pk), now().date()
    context = {
        **_row(found, today),
        "open": found.is_in_force(today),
        "kept": Paginator(reads.kept_by(request.user, found), A_PAGE).get_page(request.GET.get("page")),
        "entries": entries_about(ABOUT, {"hold": pk}),
    }
    return render(request, "privacy_app/hold.html", {**context, "page": context["kept"]})


def _wanted(request: HttpRequest, pk: int) -> Hold:
    found = reads.hold(request.user, pk)
    if found is None:
        raise Http404(f"There is no hold {pk}.")
    return found


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Place a hold: the form, then a page to check it, then the hold itself."""
    form = HoldForm(request.POST or None, initial={"request": request.GET.get("request", "")})
    if request.method != "POST" or not form.is_valid():
        return render(request, "privacy_app/hold_new.html", {"form": form}, status=422 if form.is_bound else 200)
    refused = form.refused(now().date())
    if refused:
        form.add_error(None, refused)
        return render(request, "privacy_app/hold_new.html", {"form": form}, status=422)
    if "change" in request.POST:
        return render(request, "privacy_app/hold_new.html", {"form": form})
    if "confirmed" not in request.POST:
        seen = form.as_seen()
        context = {"form": form, "hold": seen, "scope": holding.scope_words(seen), "subjects": list(form.subjects())}
        return render(request, "privacy_app/hold_check.html", context)
    given = form.cleaned_data
    made = holding.place(
        user=request.user, key=key_of(request), reason=given["reason"], subjects=form.subjects(), **form.scope()
    )
    messages.success(request, f"Hold {made.pk} is in force. It is asked before every plan and before every step.")
    return redirect(made)


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a hold, with new days."""
    found = _wanted(request, pk)
    form = DaysForm(request.POST or None, initial={"ends_on": found.ends_on, "review_on": found.review_on})
    return _act(
        request,
        found,
        form,
        lambda given: holding.review(user=request.user, hold_id=pk, **given),
        title=f"Look at hold {pk} again",
        lede="Say why it is still needed, and until when.",
        button="Keep the hold",
        done="The hold stays, with its new days.",
    )


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """End a hold."""
    found = _wanted(request, pk)
    return _act(
        request,
        found,
        ReasonForm(request.POST or None),
        lambda given: holding.release(user=request.user, hold_id=pk, reason=given["reason"]),
        title=f"Release hold {pk}",
        lede="Nothing is erased by this. What it kept can then be planned again, and another person approves that.",
        button="Release the hold",
        done="The hold is released. What it kept is listed under Holds.",
    )


def _act(
    request: HttpRequest, hold: Hold, form: Form, act: Callable[[dict[str, Any]], Any], **words: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, words["done"])
            return redirect(hold)
    context = {"hold": hold, "scope": holding.scope_words(hold), "form": form, **words}
    return render(request, "privacy_app/hold_act.html", context, status=422 if form.is_bound else 200)


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def erase_kept(request: HttpRequest, req_id: str) -> HttpResponse:
    """Open a request again, to erase what a hold had kept."""
    found = wanted(request, req_id)
    return check_page(
        request,
        found,
        ReasonForm(request.POST or None),
        lambda given: freeing.erase_kept(user=request.user, request_id=found.pk, reason=given["reason"]),
        title="Plan this request again",
        lede="Every system is looked at anew. The earlier proof stays; a second one follows when this plan is done.",
        button="Plan it again",
        done="The request is open again. Look at every system, then submit the plan.",
    )
