"""Home, the assets and the search."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.pages import selectors
from portal.pages.forms import AssetFilter

PAGE = 50


@requires(Act.READ)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person who asks, and what was last recorded within their rights."""
    groups = selectors.work_of(request.user)
    context = {
        "groups": groups,
        "waiting": sum(len(items) for items in groups.values()),
        "entries": selectors.last_entries(request.user),
    }
    return render(request, "pages/home.html", context)


@requires(Act.READ)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Assets and contracts whose name holds the words that were asked for."""
    text = request.GET.get("q", "").strip()[:200]
    return render(request, "pages/search.html", {"text": text, "found": selectors.search(request.user, text)})


@requires(Act.READ)
@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    """The catalog's assets, filtered by what the address says."""
    form = AssetFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = Paginator(selectors.assets(request.user, **chosen), PAGE)
    context = {"form": form, "page": found.get_page(request.GET.get("page")), "filtered": any(chosen.values())}
    return render(request, "pages/assets.html", context)


@requires(Act.READ)
@require_safe
def asset(request: HttpRequest, pk: int) -> HttpResponse:
    """One asset: what the catalog knows of it, and a panel of each room that has something to say."""
    found = selectors.asset(request.user, pk)
    context = {
        "asset": found,
        "placements": selectors.placements(found),
        "flows": selectors.flows_through(found),
        "panels": selectors.panels_for(request.user, found),
    }
    return render(request, "pages/asset.html", context)
