"""Posts with who stands behind them, and where the matrix names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from portal.core.identity.models import Team
from portal.core.identity.policies import Act, require

from ..domain.holders import HolderKind, written
from ..models import Post
from .directory import ORGANISATION_ROLES, Behind, directory

Choices = list[tuple[str, str | list[tuple[str, str]]]]


def posts(reader: Any) -> list[tuple[Post, Behind]]:
    """Every post with who stands behind it today."""
    require(reader, Act.READ)
    found = list(Post.objects.select_related("team"))
    known = directory(holder_of(post) for post in found)
    return [(post, known[holder_of(post)]) for post in found]


def posts_called(reader: Any, text: str) -> QuerySet[Post]:
    """Posts whose name holds the text."""
    require(reader, Act.READ)
    return Post.objects.filter(name__icontains=text)


def post_for(reader: Any, slug: str) -> Post:
    """One post; Http404 where there is none."""
    require(reader, Act.READ)
    found = Post.objects.select_related("team").filter(slug=slug).first()
    if found is None:
        raise Http404("There is no such post.")
    return found


def behind_post(post: Post) -> Behind:
    """Who stands behind it today."""
    return directory([holder_of(post)])[holder_of(post)]


def holder_of(post: Post) -> str:
    """How the matrix names the post."""
    return written(HolderKind.POST, post.slug)


def holder_choices() -> Choices:
    """Every holder for a form, in groups: posts, roles of the organisation, teams."""
    posts_ = [(written(HolderKind.POST, slug), name) for slug, name in Post.objects.values_list("slug", "name")]
    roles = [(written(HolderKind.ROLE, role.value), role.label.capitalize()) for role in ORGANISATION_ROLES]
    teams = [(written(HolderKind.TEAM, slug), name) for slug, name in Team.objects.values_list("slug", "name")]
    groups: Sequence[tuple[str, list[tuple[str, str]]]] = (("Posts", posts_), ("Roles", roles), ("Teams", teams))
    return [("", "Nobody"), *((name, group) for name, group in groups if group)]
