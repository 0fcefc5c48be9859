"""The register of recipients (GDPR Art. 19), what they were told, and their answers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.catalog import selectors as catalog
from portal.core.identity.access import public, requires
from portal.core.identity.policies import Act
from privacy_app import limits
from privacy_app.forms.recipients import AnswerForm, ReceiptForm, RecipientForm
from privacy_app.models import Recipient
from privacy_app.selectors import recipients as selectors
from privacy_app.services import recipients
from privacy_app.views.common import REFUSALS, wanted


@requires(Act.READ_REQUESTS)
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Who is told of erasures."""
    return render(request, "privacy_app/recipients.html", {"recipients": selectors.register(request.user)})


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Register a recipient, or change one."""
    row = selectors.register(request.user).filter(pk=pk).first() if pk else None
    if pk and row is None:
        raise Http404("There is no such recipient.")
    systems = sorted(each.name for each in catalog.systems())
    form = RecipientForm(request.POST or None, initial=_initial(row), systems=systems)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        recipients.keep(
            user=request.user,
            name=given["name"],
            channel=given["channel"],
            address=given["address"],
            kinds_held=given["kinds"],
            systems=given["systems"],
            active=given["active"],
            recipient=row,
        )
        messages.success(request, "The recipient is kept. Requests that end from now on tell it.")
        return redirect("privacy:recipients")
    context = {"form": form, "row": row}
    return render(request, "privacy_app/recipient.html", context, status=422 if form.is_bound else 200)


def _initial(row: Recipient | None) -> dict[str, Any]:
    names = ("name", "channel", "address", "kinds", "systems", "active")
    return {name: getattr(row, name) for name in names} if row else {"active": True}


@requires(Act.READ_REQUESTS)
@require_GET
def told(request: HttpRequest, req_id: str) -> HttpResponse:
    """Who was told about one request, and who has not answered."""
    found = wanted(request, req_id)
    context = {"found": found, "told": selectors.told(request.user, found)}
    return render(request, "privacy_app/told.html", context)


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, req_id: str, pk: int) -> HttpResponse:
    """Enter an answer that came another way, with its receipt."""
    found = wanted(request, req_id)
    notice = selectors.told(request.user, found).filter(pk=pk).first()
    if notice is None:
        raise Http404("This recipient was not told about this request.")
    form = ReceiptForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["receipt"]
        try:
            recipients.enter_receipt(
                user=request.user,
                notice_id=pk,
                outcome=form.cleaned_data["outcome"],
                media_type="application/octet-stream",
                data=file.read(recipients.LARGEST_RECEIPT + 1),
            )
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "The answer is kept, its receipt sealed with the request.")
            return redirect("privacy:told", req_id=req_id)
    context = {"found": found, "notice": notice, "form": form}
    return render(request, "privacy_app/receipt.html", context, status=422 if form.is_bound else 200)


@public("a recipient answers by the secret link of its own letter")
@never_cache
@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest, req_id: str, token: str) -> HttpResponse:
    """A recipient says what it did; the page shows no identifier."""
    if limits.too_often(request, "acknowledge", limits.CODES_AN_HOUR):
        return render(request, "privacy_app/too_often.html", status=429)
    notice = selectors.notice_of_link(req_id, recipients.hash_of(token))
    if notice is None:
        raise Http404("This link is not valid any more. Use the one of the newest letter.")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recipients.acknowledge(req_id=req_id, token=token, outcome=form.cleaned_data["outcome"])
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            notice.refresh_from_db()
    context = {"notice": notice, "form": form}
    refused = form.is_bound and not form.is_valid()
    return render(request, "privacy_app/acknowledge.html", context, status=422 if refused else 200)
