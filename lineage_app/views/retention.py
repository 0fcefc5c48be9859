"""Where events are kept: months in the database, archives with their digests, the horizon, and erasures."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.models import LineageArchive
from lineage_app.selectors import retention as selectors
from lineage_app.selectors.horizon import horizon
from lineage_app.services.archive_files import chunks, path_of
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may, require

SHOWN = 60


@requires(Act.READ)
@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """Show the months, the horizon, and to those who may read all evidence also the erasures."""
    months = selectors.kept_months()
    trusted = may(request.user, Act.READ_EVIDENCE, LineageArchive())
    context = {
        "months": Paginator(months, SHOWN).get_page(request.GET.get("page")),
        "archived": sum(each.state == "archived" for each in months),
        "horizon": horizon(),
        "until": selectors.archived_until(),
        "moves": selectors.horizon_moves()[:SHOWN],
        "may_download": trusted,
        "may_see_erasures": trusted or may(request.user, Act.ADMINISTER),
        "erasures": selectors.redactions()[:SHOWN] if trusted or may(request.user, Act.ADMINISTER) else [],
    }
    return render(request, "lineage_app/retention.html", context)


@requires(Act.READ_EVIDENCE)
@require_GET
def archive(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Send an archive as it lies there; events of all teams are in it, so only those with a right to all get it."""
    found = selectors.archive_of(pk)
    if found is None:
        raise Http404("No archive has this number: the list of months names those that are there.")
    require(request.user, Act.READ_EVIDENCE, found)
    if not path_of(found.digest).exists():
        raise Http404(f"The archive {found.digest} has no file: restore it from the backup.")
    name = f"lineage-{found.month:%Y-%m}-{found.digest.removeprefix('sha256:')[:12]}.ndjson.gz"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(found.size)}
    return StreamingHttpResponse(chunks(found.digest), content_type="application/gzip", headers=headers)
