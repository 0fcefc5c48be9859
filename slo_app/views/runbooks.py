"""The pages of runbooks: the list, one with its steps and versions, writing with a preview, and the file in and out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may, require

from .. import selectors
from ..domain import runbook_file
from ..domain.runbook_text import SECTIONS, RunbookError, differences, parse
from ..forms.runbooks import ChoiceForm, ImportForm, RunbookForm, RunbooksForm
from ..models import Runbook, RunbookVersion
from ..selectors.places import choices
from ..selectors.runbooks import alerts_file, runbook_for, runbooks, users_of, version_for
from ..selectors.silences import teams_to_silence
from ..services.runbooks import choose_runbook, import_runbooks, write_runbook

PAGE = 50
BLANK = "".join(f"## {section}\n\n1. \n\n" for section in SECTIONS)


@requires(Act.READ)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every runbook, by title."""
    form = RunbooksForm(request.GET or {}, teams=choices()["teams"])
    asked = form.chosen()
    page = Paginator(runbooks(request.user, **asked), PAGE).get_page(request.GET.get("page"))
    may_write = may(request.user, Act.HANDLE_INCIDENT)
    context = {"form": form, "page": page, "filtered": any(asked.values()), "may_write": may_write}
    return render(request, "slo_app/runbooks.html", context)


@requires(Act.READ)
@require_GET
def runbook(request: HttpRequest, key: str) -> HttpResponse:
    """One runbook as it is now."""
    found = runbook_for(request.user, key)
    return _page(request, found.versions.select_related("author", "runbook__owner_team")[0])


@requires(Act.READ)
@require_GET
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version, and what it changed."""
    return _page(request, version_for(request.user, key, number))


def _page(request: HttpRequest, shown: RunbookVersion) -> HttpResponse:
    found = shown.runbook
    versions = list(found.versions.select_related("author"))
    before = next((each for each in versions if each.number < shown.number), None)
    context = {
        "runbook": found,
        "version": shown,
        "versions": versions,
        "newest": shown.number == versions[0].number,
        "parsed": parse(shown.markdown),
        "before": before,
        "changes": differences(before.markdown, shown.markdown) if before else [],
        "slos": users_of(found),
        "may_write": may(request.user, Act.HANDLE_INCIDENT, found),
    }
    return render(request, "slo_app/runbook.html", context)


@requires(Act.HANDLE_INCIDENT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a new runbook: look at its steps first, then save it."""
    teams = teams_to_silence(request.user)
    form = RunbookForm(request.POST or None, teams=teams, initial={"markdown": BLANK})
    return _write(request, form, None)


@requires(Act.HANDLE_INCIDENT)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Write a new version: look at its steps and what changes first, then save it."""
    found = runbook_for(request.user, key)
    require(request.user, Act.HANDLE_INCIDENT, found)
    facts = {name: getattr(found, name) for name in ("title", "key", "scope", "kind")}
    initial = facts | {"owner_team": found.owner_team.slug, "markdown": found.versions.first().markdown}
    form = RunbookForm(request.POST or None, teams=teams_to_silence(request.user), initial=initial, fixed=True)
    return _write(request, form, found)


def _write(request: HttpRequest, form: RunbookForm, found: Runbook | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "runbook": found}
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST:
            try:
                return _saved(request, form, found)
            except RunbookError as error:
                form.add_error(None, str(error))
        else:
            text = form.cleaned_data["markdown"]
            old = found.versions.first().markdown if found else ""
            context |= {"parsed": parse(text), "changes": differences(old, text) if found else []}
    return render(request, "slo_app/runbook_edit.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: RunbookForm, found: Runbook | None) -> HttpResponse:
    if found is None and Runbook.objects.filter(key=form.cleaned_data["key"]).exists():
        raise RunbookError("There is a runbook with this key already; choose another key, or edit that one.")
    made = write_runbook(user=request.user, **form.cleaned_data)
    messages.success(request, f"{made} is saved.")
    return redirect(made.runbook)


@requires(Act.READ)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """`runbooks/alerts.md`."""
    require(request.user, Act.READ)
    answer = HttpResponse(alerts_file(), content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="alerts.md"'
    return answer


@requires(Act.HANDLE_INCIDENT)
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Read a file `runbooks/alerts.md`: look at what is in it first, then save all of it or nothing."""
    form = ImportForm(request.POST or None, teams=teams_to_silence(request.user))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        wish = form.cleaned_data
        try:
            if "save" in request.POST:
                made = import_runbooks(user=request.user, text=wish["text"], owner_team=wish["owner_team"])
                messages.success(request, f"{len(made)} runbook{'' if len(made) == 1 else 's'} read.")
                return redirect("slos:runbooks")
            context["entries"] = [(each, parse(each.markdown)) for each in runbook_file.read(wish["text"])]
        except RunbookError as error:
            form.add_error("text", str(error))
    return render(request, "slo_app/runbook_import.html", context, status=422 if form.errors else 200)


@requires(Act.HANDLE_INCIDENT)
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an SLO name its own runbook, or none."""
    slo = selectors.slo_for(request.user, pk)
    form = ChoiceForm(request.POST)
    if form.is_valid():
        choose_runbook(user=request.user, slo=slo, runbook=form.cleaned_data["runbook"])
        messages.success(request, "The next incident of this SLO follows it.")
    else:
        messages.error(request, "There is no such runbook. Choose one of the list.")
    return redirect(f"{slo.get_absolute_url()}#runbook")
