"""The outbox for administrators: what waits, what was delivered, what was given up and why; never an address."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.notify.selectors import counts, messages_like

from ..forms.outbox import OutboxForm

PAGE = 50


@requires(Act.ADMINISTER)
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Messages by state and channel, the newest first."""
    form = OutboxForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    page = Paginator(messages_like(**asked), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "counts": counts(), "filtered": any(asked.values())}
    return render(request, "oncall/outbox.html", context)
