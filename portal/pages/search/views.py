"""The search of the whole portal: its page, and the answers while somebody types."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.pages.search.base import Query
from portal.pages.search.finding import exact_hits, search
from portal.pages.search.persons import names_a_person

TYPED, ALONE = 4, 100
"""Hits of each group while somebody types, and of a group that is looked at alone."""


@requires(Act.READ)
@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What was found, by kind. A POST leads to the one thing that was named exactly, else to the page of the words.

    The search field posts, so that a person's identifier typed into it never stands in an address or a log.
    """
    if request.method == "POST":
        return _sent(request)
    typed = request.GET.get("q", "")
    if names_a_person(typed):
        return redirect(f"{reverse('pages:search')}?person=1")
    if request.GET.get("person"):
        return _about_persons(request)
    only = request.GET.get("in", "")
    query = Query.of(typed, shown=ALONE if only else 8)
    groups = search(request.user, query, only)
    context = {"text": query.text, "searched": query.text, "only": only, "groups": groups, "exact": exact_hits(groups)}
    return render(request, "pages/search/page.html", context)


@requires(Act.READ)
@sensitive_post_parameters("q")
@require_POST
def suggest(request: HttpRequest) -> HttpResponse:
    """The first hits of each kind for what is typed, as the list below the search field."""
    typed = request.POST.get("q", "")
    person = names_a_person(typed)
    groups = [] if person else search(request.user, Query.of(typed, shown=TYPED, quick=True))
    context = {"groups": groups, "exact": exact_hits(groups), "person": person}
    return render(request, "pages/search/_suggestions.html", context)


def _sent(request: HttpRequest) -> HttpResponse:
    query = Query.of(request.POST.get("q", ""), quick=True)
    if names_a_person(query.text):
        return _about_persons(request)
    exact = exact_hits(search(request.user, query))
    if len(exact) == 1:
        return redirect(exact[0].url)
    return redirect(f"{reverse('pages:search')}?{urlencode({'q': query.text})}")


def _about_persons(request: HttpRequest) -> HttpResponse:
    """How a person is looked up, where that may be done; what was typed is not repeated."""
    return render(request, "pages/search/person.html", {"may_enter": may(request.user, Act.READ_REQUESTS)})
