"""Files of requests: uploaded, checked, confirmed, followed, and their references taken away."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.spreadsheets import csv_answer
from privacy_app import selectors
from privacy_app.domain.csv_intake import KNOWN, MOST_ROWS, FileRefused
from privacy_app.forms.batches import FileForm
from privacy_app.models import ImportBatch
from privacy_app.services import importing
from privacy_app.services.lifecycle import RequestRefused

SHOWN = 200


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Upload a file; it is checked, and nothing is taken in yet."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = importing.check_file(user=request.user, data=form.cleaned_data["file"].read())
        except FileRefused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("privacy:file", pk=batch.pk)
    context = {"form": form, "files": selectors.batches(request.user)[:20], "known": KNOWN, "most": MOST_ROWS}
    return render(request, "privacy_app/files.html", context, status=422 if form.is_bound else 200)


def _wanted(request: HttpRequest, pk: int) -> ImportBatch:
    found = selectors.batch(request.user, pk)
    if found is None:
        raise Http404("There is no such file of requests.")
    return found


@requires(Act.READ_REQUESTS)
@never_cache
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: what is good, what is refused and why, how far it is taken in."""
    found = _wanted(request, pk)
    part = request.headers.get("HX-Request")
    template = "privacy_app/_partials/file.html" if part else "privacy_app/file.html"
    context = {"batch": found, "problems": found.problems[:SHOWN], "more": max(found.bad - SHOWN, 0)}
    return render(request, template, context)


@requires(Act.READ_REQUESTS)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the good lines in."""
    found = _wanted(request, pk)
    try:
        importing.confirm(user=request.user, batch_id=found.pk, send_codes="send_codes" in request.POST)
    except RequestRefused as refused:
        messages.error(request, str(refused))
    return redirect("privacy:file", pk=pk)


@requires(Act.READ_REQUESTS)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the file."""
    found = _wanted(request, pk)
    try:
        importing.discard(user=request.user, batch_id=found.pk)
    except RequestRefused as refused:
        messages.error(request, str(refused))
        return redirect("privacy:file", pk=pk)
    messages.success(request, "The file is forgotten. Nothing of it was taken in.")
    return redirect("privacy:files")


@requires(Act.READ_REQUESTS)
@require_GET
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Which line became which request, and which was refused; no value of the file is in it."""
    found = _wanted(request, pk)
    taken = [(line, req_id, "received" if new else "known before") for line, req_id, new in found.results]
    refused = [(line, "", says) for line, says in found.problems]
    return csv_answer(f"requests-{found.pk}.csv", ("line", "req_id", "result"), sorted([*taken, *refused]))
