"""Systems that were restored, rehearsals of it, and the suppression list that is replayed on both."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act
from privacy_app import selectors
from privacy_app.forms.restores import RehearsalForm, RestoreForm
from privacy_app.models import Restore
from privacy_app.services import restoring
from privacy_app.services.lifecycle import RequestRefused
from privacy_app.states import RESTORE
from privacy_app.views.common import attempt

A_PAGE = 50


@requires(Act.READ_REQUESTS)
@require_GET
def restores(request: HttpRequest) -> HttpResponse:
    """Every restore and rehearsal, the newest first."""
    page = Paginator(selectors.restores(request.user), A_PAGE).get_page(request.GET.get("page"))
    rows = [{"restore": each, "drawn": RESTORE[each.state]} for each in page]
    return render(request, "privacy_app/restores.html", {"rows": rows, "page": page})


@requires(Act.READ_REQUESTS)
@require_GET
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """One restore: what was compared, erased and verified in each dataset."""
    found = _wanted(request, pk)
    return render(request, "privacy_app/restore.html", {"restore": found, "drawn": RESTORE[found.state]})


def _wanted(request: HttpRequest, pk: int) -> Restore:
    found: Restore | None = selectors.restores(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no restore of this number.")
    return found


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest) -> HttpResponse:
    """Say that a system was restored; a worker replays the list on it before it goes live."""
    form = RestoreForm(request.POST or None)
    return _form(
        request,
        form,
        lambda given: restoring.note(user=request.user, system=given["system"], taken_at=given["taken_at"]),
        title="A system was restored",
        lede="Everybody erased since the backup is back in it. The suppression list is replayed before it is used.",
        button="Replay the suppression list",
    )


@requires(Act.PLAN_DELETION)
@require_http_methods(["GET", "POST"])
def rehearse(request: HttpRequest) -> HttpResponse:
    """Restore a backup into a scratch place and replay the list there."""
    form = RehearsalForm(request.POST or None)
    return _form(
        request,
        form,
        lambda given: restoring.rehearse(user=request.user, system=given["backup"][0], backup=given["backup"][1]),
        title="Rehearse a restore",
        lede="A backup is restored beside the live system, the list is replayed on the copy, and the copy is removed.",
        button="Rehearse it",
    )


def _form(request: HttpRequest, form: Any, act: Any, **words: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            made = act(form.cleaned_data)
        except RequestRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "A worker is at it. The result is on this page in a minute or so.")
            return redirect("privacy:restore", pk=made.pk)
    context = {"form": form, **words}
    return render(request, "privacy_app/restore_form.html", context, status=422 if form.is_bound else 200)


@requires(Act.PLAN_DELETION)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Replay once more."""
    found = _wanted(request, pk)
    attempt(
        request, lambda: restoring.again(user=request.user, restore_id=found.pk), "The list is being replayed again."
    )
    return redirect("privacy:restore", pk=pk)


@requires(Act.PLAN_DELETION)
@require_POST
def go_live(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the restored system be used again; refused before its replay."""
    found = _wanted(request, pk)
    attempt(
        request,
        lambda: restoring.go_live(actor=actor_of(request.user), restore_id=found.pk),
        f"{found.system} may be used again. Every completed subject is looked for in it once more.",
    )
    return redirect("privacy:restore", pk=pk)
