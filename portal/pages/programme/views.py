"""The programme's files on pages: what is in them, ask for a ZIP, watch it being made, take it away."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.clock.beat import wake
from portal.core.evidence.selectors import ArtifactGone, checked_path, stored_files
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.core.web.idempotency import key_of
from portal.pages.evidence.views.common import chunks
from portal.pages.evidence.watch import WholeLedger
from portal.pages.programme import making
from portal.pages.programme.registry import documents
from portal.pages.programme.selectors import zip_for, zips
from portal.pages.programme.tasks import make_programme_zip

SHOWN = 20
NOT_COVERED = (
    "Signatures: a file of a contract is the signed bytes; its bundle in the evidence room proves who signed.",
    "Runs, measurements and requests: the files tell of them in words and links, and an import never makes any.",
    "Contracts that are over, earlier versions, and SLOs that are switched off.",
)


@requires(Act.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The documents of the tree, and the ZIPs that were made of it."""
    if request.method == "POST":
        with transaction.atomic():
            asked = making.ask(user=request.user, key=key_of(request))
            wake(make_programme_zip, asked.pk)
        return redirect(asked)
    context = {
        "documents": documents(),
        "zips": zips(request.user)[:SHOWN],
        "days": making.RETAIN_DAYS,
        "not_covered": NOT_COVERED,
    }
    return render(request, "pages/programme/index.html", context)


@requires(Act.READ)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One ZIP: how far it is, or what it is."""
    found = zip_for(request.user, pk)
    done, total = making.progress_of(pk)
    stored = stored_files({found.digest} if found.digest else set())
    context = {
        "zip": found,
        "done": done,
        "total": total,
        "stored": stored[0] if stored else None,
        "reads_ledger": may(request.user, Act.READ_EVIDENCE, WholeLedger()),
    }
    return render(request, "pages/programme/zip.html", context)


@requires(Act.READ)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The ZIP, streamed from disk after its digest was checked."""
    found = zip_for(request.user, pk)
    if not found.digest:
        raise Http404("These files are being made. Their page shows how far they are.")
    try:
        path = checked_path(found.digest)
    except ArtifactGone as gone:
        raise Http404(str(gone)) from gone
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', "Content-Length": str(found.size)}
    return StreamingHttpResponse(chunks(path), content_type="application/zip", headers=headers)
