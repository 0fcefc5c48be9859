"""Posts: who stands behind each, and setting that."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may

from .. import selectors, services
from ..forms import PostForm
from ..models import Post


@require_GET
@requires(Act.READ)
def posts(request: HttpRequest) -> HttpResponse:
    """Every post with who stands behind it today."""
    context = {"posts": selectors.posts(request.user), "may_change": may(request.user, Act.ADMINISTER)}
    return render(request, "raci/posts.html", context)


@require_GET
@requires(Act.READ)
def post(request: HttpRequest, slug: str) -> HttpResponse:
    """One post, and the rows that name it."""
    found = selectors.post_for(request.user, slug)
    holder = selectors.holder_of(found)
    lines = [line for line in selectors.every_line(request.user) if line.letters_of(holder)]
    context = {
        "post": found,
        "behind": selectors.behind_post(found),
        "lines": [(line, line.letters_of(holder)) for line in lines],
        "may_change": may(request.user, Act.ADMINISTER),
    }
    return render(request, "raci/post.html", context)


@require_http_methods(["GET", "POST"])
@requires(Act.ADMINISTER)
def add(request: HttpRequest) -> HttpResponse:
    """A new post."""
    return _set(request, None)


@require_http_methods(["GET", "POST"])
@requires(Act.ADMINISTER)
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Say who stands behind a post from now on."""
    return _set(request, selectors.post_for(request.user, slug))


def _set(request: HttpRequest, known: Post | None) -> HttpResponse:
    initial: dict[str, Any] = {}
    if known is not None:
        held = known.holders.values_list("user", flat=True)
        initial = {"name": known.name, "stands_for": known.stands_for, "team": known.team, "role": known.role}
        initial["people"] = list(held)
    form = PostForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        wish = services.Wish(**form.cleaned_data)
        try:
            made = services.set_post(
                user=request.user,  # type: ignore[arg-type]  # @requires lets nobody in who has not signed in
                wish=wish,
                slug=known.slug if known else "",
            )
        except services.Refused as refused:
            for reason in refused.reasons:
                form.add_error(None, reason)
        else:
            return redirect(made.get_absolute_url())
    return render(request, "raci/post_form.html", {"form": form, "post": known}, status=422 if form.errors else 200)
