"""The columns of a dataset as a table: searched, paged, and one of them followed up and down."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lineage_app.selectors.column_links import columns_of, links_of
from lineage_app.views.explorer import dataset_or_404
from portal.core.identity.access import requires
from portal.core.identity.policies import Act

SHOWN = 100
LINKS = 200


@requires(Act.READ)
@require_GET
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the columns, and what the selected one is made of and feeds."""
    focus = dataset_or_404(pk)
    search, column = (request.GET.get(name, "").replace("\x00", "")[:4_000] for name in ("q", "column"))
    found = columns_of(focus, search)
    into, out = links_of(focus, column)
    context = {
        "dataset": focus,
        "q": search,
        "column": column,
        "page": Paginator(found, SHOWN).get_page(request.GET.get("page")),
        "total": len(found),
        "sides": [
            ("into", "Made of", into[:LINKS], into.count()),
            ("out", "Feeds", out[:LINKS], out.count()),
        ],
        "most": LINKS,
    }
    return render(request, "lineage_app/columns.html", context)
