"""The pages of the help: the first one, a guide, and the pictures in it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from portal.pages import selectors
from portal.pages.help import guides
from portal.pages.navigation import grouped, open_rooms


@requires(Act.READ)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The guides, one's own first; the keys, the signs, and who can change what one may do."""
    own = guides.own(request.user)
    others = [guide for guide in guides.here() if guide not in own]
    parts = {part: [guide for guide in others if guide.part == part] for part in (guides.TASKS, guides.REFERENCE)}
    context = {
        "groups": grouped(open_rooms(request.user)),
        "administrators": selectors.administrators(),
        "own": own,
        "parts": parts,
        "kinds": guides.kinds(),
    }
    return render(request, "pages/help/index.html", context)


@requires(Act.READ)
@require_safe
def guide(request: HttpRequest, key: str) -> HttpResponse:
    """One guide."""
    page = guides.page(key)
    if page is None:
        raise Http404("There is no such guide.")
    return render(request, "pages/help/guide.html", {"page": page, "label": guides.label(key)})


@requires(Act.READ)
@require_safe
@cache_control(private=True, max_age=3600)
def picture(_request: HttpRequest, name: str) -> HttpResponse:
    """A picture of a guide, by its name among those that there are."""
    path = guides.pictures(guides.DOCS).get(name)
    if path is None:
        raise Http404("There is no such picture.")
    return HttpResponse(path.read_bytes(), content_type="image/png")
