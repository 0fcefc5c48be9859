"""One page: whom it has told, and what can be done about it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

from ..forms import ResolvePageForm
from ..models import Page
from ..selectors.pages import page_for, told_of
from ..services.by_hand import PageRefused, acknowledge_by_hand, resolve_by_hand


@requires(Act.READ)
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One page with its timeline and its messages."""
    return _page(request, _found(request, pk), ResolvePageForm())


@requires(Act.HANDLE_INCIDENT)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it on."""
    found = _found(request, pk)
    try:
        acknowledge_by_hand(user=request.user, page=found)
    except PageRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"You took on {found.number}. Nobody else is told about it.")
    return redirect(found)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is over."""
    found, form = _found(request, pk), ResolvePageForm(request.POST)
    if form.is_valid():
        try:
            resolve_by_hand(user=request.user, page=found, text=form.cleaned_data["text"])
        except PageRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{found.number} is resolved. Whoever was told of it is told so.")
            return redirect(found)
    return _page(request, found, form)


def _page(request: HttpRequest, found: Page, form: ResolvePageForm) -> HttpResponse:
    context = {
        "page": found,
        "steps": found.steps.select_related("person"),
        "told": told_of(found),
        "form": form,
        "may_handle": not found.elsewhere and may(request.user, Act.HANDLE_INCIDENT, found),
    }
    return render(request, "oncall/page.html", context, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Page:
    found = page_for(request.user, pk)
    if found is None:
        raise Http404("There is no such page.")
    return found
