"""Home, the first page and the assets."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from portal.core.catalog.worklist import WorkItem
from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.pages import selectors
from portal.pages.forms import AssetFilter
from portal.pages.navigation import first_page

PAGE = 50
FIRST = 20


@dataclass(frozen=True)
class Group:
    """One group of the work list as home shows it: its first items, and how many are not shown."""

    name: str
    items: list[WorkItem]
    total: int

    @classmethod
    def of(cls, name: str, items: list[WorkItem]) -> "Group":
        """The group cut to what home shows."""
        return cls(name, items[:FIRST], len(items))

    @property
    def hidden(self) -> int:
        """How many more there are."""
        return self.total - len(self.items)


@requires(Act.READ)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person who asks, the soonest of each group, and what was last recorded within their rights.

    `?group=To fix` shows the whole of one group, page by page.
    """
    groups = selectors.work_of(request.user)
    chosen = request.GET.get("group", "")
    if chosen in groups:
        page = Paginator(groups[chosen], PAGE).get_page(request.GET.get("page"))
        return render(request, "pages/group.html", {"group": chosen, "page": page})
    context = {
        "groups": [Group.of(name, items) for name, items in groups.items() if items],
        "waiting": sum(len(items) for items in groups.values()),
        "entries": selectors.last_entries(request.user),
    }
    return render(request, "pages/home.html", context)


@requires(Act.READ)
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Where signing in leads: to an incident that waits for the person, else to the first page of their role."""
    waiting = selectors.incident_to_take(request.user)
    return redirect(waiting.get_absolute_url() if waiting else first_page(request.user))


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
