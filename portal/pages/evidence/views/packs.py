"""Packs of evidence: ask for one, watch it being made, take it away."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock.beat import wake
from portal.core.evidence.selectors import ArtifactGone, checked_path, stored_files
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.core.web.idempotency import key_of
from portal.pages.evidence.forms import PackForm
from portal.pages.evidence.packs import making
from portal.pages.evidence.packs.selectors import pack_for, packs_of
from portal.pages.evidence.packs.tasks import make_pack
from portal.pages.evidence.packs.writing import NOT_COVERED
from portal.pages.evidence.views.common import chunks
from portal.pages.models import Pack

SHOWN = 50


@requires(Act.READ_EVIDENCE)
@require_http_methods(["GET", "HEAD", "POST"])
def packs(request: HttpRequest) -> HttpResponse:
    """The packs that were made, and the form for another."""
    form = PackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            pack = making.ask(user=request.user, key=key_of(request), **form.cleaned_data)
            wake(make_pack, pack.pk)
        return redirect(pack)
    context = {"form": form, "packs": packs_of(request.user)[:SHOWN], "days": making.RETAIN_DAYS}
    return render(request, "evidence/packs.html", context, status=422 if form.errors else 200)


@requires(Act.READ_EVIDENCE)
@require_safe
def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """One pack: how far it is, or what is in it."""
    found = _wanted(request, pk)
    stored = stored_files({found.digest} if found.digest else set())
    context = {"pack": found, "stored": stored[0] if stored else None, "not_covered": NOT_COVERED}
    return render(request, "evidence/pack.html", context)


@requires(Act.READ_EVIDENCE)
@require_safe
def pack_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The ZIP, streamed from disk after its digest was checked."""
    found = _wanted(request, pk)
    if not found.digest:
        raise Http404("This pack is being made. Its page shows how far it is.")
    try:
        path = checked_path(found.digest)
    except ArtifactGone as gone:
        raise Http404(str(gone)) from gone
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', "Content-Length": str(found.size)}
    return StreamingHttpResponse(chunks(path), content_type="application/zip", headers=headers)


def _wanted(request: HttpRequest, pk: int) -> Pack:
    try:
        return pack_for(request.user, pk)
    except Pack.DoesNotExist as error:
        raise Http404(f"There is no pack {pk}.") from error
