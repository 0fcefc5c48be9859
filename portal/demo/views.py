"""The demo's mailbox page."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.identity.access import public
from portal.demo.models import Mail


@public("it stands for the inboxes of made-up people, and exists only with CUSTODY_DEMO=1")
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every letter that the demo sent, newest first; `?to=` narrows to one address."""
    address = request.GET.get("to", "").strip()
    mails = Mail.objects.all()
    if address:
        mails = mails.filter(to__icontains=address)
    page = Paginator(mails, 25).get_page(request.GET.get("page"))
    return render(request, "demo/mailbox.html", {"page": page, "address": address})
