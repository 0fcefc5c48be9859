"""What the staff's pages share: finding the request, and a check page for each act with a reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from privacy_app import selectors
from privacy_app.domain.request import TransitionRefused
from privacy_app.keystore import KeyShredded
from privacy_app.models import Request
from privacy_app.services.appeal import AppealRefused
from privacy_app.services.lifecycle import RequestRefused

REFUSALS = (TransitionRefused, RequestRefused, KeyShredded, AppealRefused)


def wanted(request: HttpRequest, req_id: str) -> Request:
    """The request of this reference, for somebody who may read requests; 404 where there is none."""
    found = selectors.request_for(request.user, req_id)
    if found is None:
        raise Http404(f"There is no deletion request {req_id}.")
    return found


def attempt(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do something and say how it went."""
    try:
        act()
    except REFUSALS as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True


def check_page(
    request: HttpRequest,
    found: Request,
    form: Form,
    act: Callable[[dict[str, Any]], Any],
    **words: str,
) -> HttpResponse:
    """A page that says what will happen and asks for the reason; the POST does it.

    `words`: title, lede, button, done, and `danger` where it cannot be undone.
    """
    context = {"found": found, "form": form, **words}
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except REFUSALS as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, words["done"])
            return redirect(found)
    return render(request, "privacy_app/act.html", context, status=422 if form.is_bound else 200)
