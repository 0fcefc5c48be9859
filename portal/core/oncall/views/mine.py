"""One's own shifts and absences, and the feed for one's calendar program."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.clock.services import now
from portal.core.identity.access import public, requires
from portal.core.identity.policies import Act

from ..domain.calendar_file import Event, write
from ..forms import SpanForm
from ..selectors.feeds import key_of, person_of
from ..selectors.rotations import absences_of, shifts_of
from ..services.rotations import RotationRefused, come_back, go_away
from ..services.telling import absolute

AHEAD = timedelta(days=60)


@requires(Act.READ)
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """My shifts of the next two months, when I am away, and the address for my calendar."""
    present = now()
    form = SpanForm(request.POST or None)
    if form.is_valid():
        try:
            go_away(user=request.user, starts_at=form.cleaned_data["starts_at"], ends_at=form.cleaned_data["ends_at"])
        except RotationRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Others cover your turns in that time.")
            return redirect("oncall:mine")
    context = {
        "form": form,
        "shifts": shifts_of(request.user, present, present + AHEAD),
        "absences": absences_of(request.user, present),
        "feed": absolute(reverse("oncall:feed", args=[key_of(request.user)])),
    }
    return render(request, "oncall/mine.html", context, status=422 if form.errors else 200)


@requires(Act.READ)
@require_POST
def end_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Be back."""
    come_back(user=request.user, pk=pk)
    messages.success(request, "You are back: your turns are yours again.")
    return redirect("oncall:mine")


@public("a calendar program cannot sign in; the address holds a signature, and shows one person's own shifts")
@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """The shifts of whoever the signed address names, as an iCalendar file."""
    del request
    person, present = person_of(key), now()
    if person is None:
        raise Http404("This calendar address is not good (any more).")
    events = [
        Event(
            key=f"rotation-{shift.rotation.pk}-{shift.end:%Y%m%dT%H%M}",
            start=shift.start,
            end=shift.end,
            title=f"On call: {shift.rotation}",
            url=absolute(reverse("oncall:team", args=[shift.rotation.team.slug])),
        )
        for shift in shifts_of(person, present - timedelta(days=1), present + AHEAD)
    ]
    return HttpResponse(write("On call", events, present), content_type="text/calendar; charset=utf-8")
