"""The front page of lineage: search, recent runs, what nobody has claimed, what went wrong."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.selectors import lists
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

SHOWN = 20


@requires(Act.READ)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the overview, or what a search found."""
    text = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    runs = Paginator(lists.recent_runs(), SHOWN).get_page(request.GET.get("page"))
    context = {
        "q": text,
        "datasets": lists.search_datasets(text)[: lists.FOUND] if text else [],
        "jobs": lists.search_jobs(text)[: lists.FOUND] if text else [],
        "runs": runs,
        "unclaimed": lists.unclaimed_datasets()[:SHOWN],
        "unclaimed_count": lists.unclaimed_datasets().count(),
        "failed": lists.failed_events()[:SHOWN],
        "counts": lists.ingest_counts(),
        "may_adopt": may(request.user, Act.WRITE_CONTRACT),
        "endpoint": request.build_absolute_uri("/api/v1/lineage"),
    }
    return render(request, "lineage_app/index.html", context)
