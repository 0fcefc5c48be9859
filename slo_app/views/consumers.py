"""The page of consumers: which class each is in, and what a class does where nothing is known."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

from ..domain.throttle import CLASSES
from ..forms.throttle import ClassForm, ConsumerForm, ConsumersForm
from ..selectors.throttled import classes, consumers
from ..services.consumer_classes import set_class, set_consumer
from ..services.overrides import ThrottleRefused

PAGE = 50


@requires(Act.READ)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Classes, and the consumers that somebody has put into one."""
    return _page(request, ConsumerForm(initial=request.GET.dict() if "name" in request.GET else None))


@requires(Act.SET_CONSUMER_CLASS)
@require_POST
def put(request: HttpRequest) -> HttpResponse:
    """Put a job into a class, with or without hints."""
    form = ConsumerForm(request.POST)
    if form.is_valid():
        try:
            made = set_consumer(user=request.user, **form.cleaned_data)
            messages.success(request, f"{made} is in the class {CLASSES[made.kind].title.lower()}.")
            return redirect("slos:consumers")
        except ThrottleRefused as refused:
            form.add_error(None, str(refused))
    return _page(request, form, status=422)


@requires(Act.ADMINISTER)
@require_POST
def edit_class(request: HttpRequest, key: str) -> HttpResponse:
    """Set what a class does where nothing is known."""
    if key not in CLASSES:
        raise Http404(f"There is no class {key}.")
    form = ClassForm(request.POST)
    if not form.is_valid():
        return _page(request, ConsumerForm(), status=422, class_form=form)
    row = set_class(user=request.user, key=key, **form.cleaned_data)
    messages.success(request, f"{CLASSES[key].title}: {row.on_unknown} where nothing is known, edition {row.version}.")
    return redirect("slos:consumers")


def _page(request: HttpRequest, form: Form, status: int = 200, class_form: Form | None = None) -> HttpResponse:
    filters = ConsumersForm(request.GET or {}, auto_id="filter_%s")
    found = consumers(request.user, **filters.chosen())
    context: dict[str, Any] = {
        "form": form,
        "class_form": class_form,
        "filters": filters,
        "classes": [
            each | {"form": ClassForm(initial={"on_unknown": each["on_unknown"]}, auto_id=f"{each['key']}_%s")}
            for each in classes()
        ],
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "may_set": may(request.user, Act.SET_CONSUMER_CLASS),
        "may_administer": may(request.user, Act.ADMINISTER),
    }
    return render(request, "slo_app/consumers.html", context, status=status)
