"""The page of notices, what leads from it, and how one wants to be told."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.notify import people, selectors
from portal.core.notify.forms import WaysForm
from portal.core.notify.subjects import subjects

PAGE = 50


@requires(Act.READ)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What the person was told, filtered by what the address says."""
    known = subjects()
    chosen = request.GET.get("subject", "")
    unread = request.GET.get("unread") == "yes"
    found = selectors.notices_of(request.user, subject=chosen if chosen in known else "", unread=unread)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "subjects": known, "chosen": chosen, "unread_only": unread}
    rows = [(notice, known.get(notice.subject)) for notice in page]
    newest = max((notice.pk for notice in page), default=0)
    waiting = selectors.unread_of(request.user)
    return render(request, "notify/list.html", context | {"rows": rows, "newest": newest, "waiting": waiting})


@requires(Act.READ)
@never_cache
@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """How many notices are unread, for the bell of every page."""
    if not request.htmx:
        return redirect("notify:list")
    return render(request, "notify/_partials/unread.html", {"number": selectors.unread_of(request.user)})


@requires(Act.READ)
@never_cache
@require_safe
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what a notice is about; it is read then."""
    notice = selectors.notice_of(request.user, pk)
    if notice is None:
        raise Http404("There is no such notice of yours.")
    people.read(notice)
    inside = notice.path.startswith("/") and url_has_allowed_host_and_scheme(notice.path, allowed_hosts=None)
    return redirect(notice.path if inside else "notify:list")


@requires(Act.READ)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark as read what the page showed when it was made."""
    until = request.POST.get("until", "")
    if until.isdecimal() and len(until) < 19:
        people.read_all(request.user, until=int(until))
    return redirect("notify:list")


@requires(Act.READ)
@require_http_methods(["GET", "POST"])
def ways(request: HttpRequest) -> HttpResponse:
    """How the person wants to be told of what."""
    current = {"ways": selectors.ways_of(request.user), "hour": selectors.hour_of(request.user)}
    form = WaysForm(request.POST or None, **current)
    if form.is_valid():
        people.choose(person=request.user, ways=form.ways(), digest=form.digest())
        messages.success(request, "You are told in this way from now on.")
        return redirect("notify:ways")
    return render(request, "notify/ways.html", {"form": form}, status=422 if form.errors else 200)
