"""The front page of lineage: what waits, the newest runs, what nobody has claimed; and the search, whose filters are
its address.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.selectors import lists
from lineage_app.selectors.overview import newest_of_jobs, newest_runs, what_waits
from lineage_app.selectors.search import COUNTED, TITLES, search
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

SHOWN = 10
LONGEST = 200


@requires(Act.READ)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show the overview, or what a search found."""
    text = request.GET.get("q", "").strip()[:LONGEST].replace("\x00", "")
    only = request.GET.get("in", "")
    asked = {"q": text, "only": only if only in TITLES else "", "choices": list(TITLES.items())}
    if text:
        context = asked | {"groups": search(text, only), "counted": COUNTED}
        return render(request, "lineage_app/search.html", context)
    every = request.GET.get("runs") == "all"
    number = request.GET.get("page", "1")
    page = int(number) if number.isdecimal() and len(number) < 9 else 1
    context = asked | {
        "waits": what_waits(now()),
        "every": every,
        "runs": newest_runs(page) if every else newest_of_jobs(),
        "unclaimed": lists.unclaimed_datasets()[:SHOWN],
        "failed": lists.failed_events()[:SHOWN],
        "empty": lists.is_empty(),
        "may_adopt": may(request.user, Act.WRITE_CONTRACT),
        "endpoint": request.build_absolute_uri("/api/v1/lineage"),
    }
    return render(request, "lineage_app/index.html", context)
