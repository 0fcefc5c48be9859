"""The pages of silences: the list, a new one with a preview of what it hides, one of them, and its early end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.core.web.idempotency import key_of

from .. import services
from ..forms.silences import NewSilenceForm, SilencesForm
from ..selectors.places import choices
from ..selectors.silences import hidden_by, silence_for, silences, teams_to_silence
from ..services.silences import SilenceRefused

PAGE = 50


@requires(Act.READ)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Silences by state and team; those that are not over come first."""
    form = SilencesForm(request.GET or {}, teams=choices()["teams"])
    asked, present = form.chosen(), now()
    page = Paginator(silences(request.user, at=present, **asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [(each, *each.state(present)) for each in page],
        "filtered": any(asked.values()),
        "may_silence": may(request.user, Act.HANDLE_INCIDENT),
    }
    return render(request, "slo_app/silences.html", context)


@requires(Act.READ)
@require_GET
def silence(request: HttpRequest, pk: int) -> HttpResponse:
    """One silence and what it covers now."""
    found = silence_for(request.user, pk)
    word, mark = found.state(now())
    context = {
        "silence": found,
        "word": word,
        "mark": mark,
        "hidden": hidden_by(found.team, found.matchers),
        "may_end": mark != "off" and may(request.user, Act.HANDLE_INCIDENT, found),
    }
    return render(request, "slo_app/silence.html", context)


@requires(Act.HANDLE_INCIDENT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Say what to silence, look at what that hides, and then do it; the look is part of the address."""
    teams = teams_to_silence(request.user)
    looked = request.method == "POST" or "team" in request.GET
    form = NewSilenceForm((request.POST if request.method == "POST" else request.GET) if looked else None, teams=teams)
    context: dict[str, Any] = {"form": form}
    if looked and form.is_valid():
        if request.method == "POST":
            answer = _make(request, form)
            if answer is not None:
                return answer
        context |= {"hidden": hidden_by(form.cleaned_data["team"], form.matchers), "looked": True}
    return render(request, "slo_app/silence_new.html", context, status=422 if form.errors else 200)


def _make(request: HttpRequest, form: NewSilenceForm) -> HttpResponse | None:
    try:
        made = services.make_silence(user=request.user, key=key_of(request), **form.wish)
    except SilenceRefused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(request, f"Nobody is told of these alerts until {made.ends_at:%Y-%m-%d %H:%M} UTC.")
    return redirect(made)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End it now."""
    found = services.end_silence(user=request.user, silence=silence_for(request.user, pk))
    messages.success(request, "The silence is over. What is still wrong is told within seconds.")
    return redirect(found)
