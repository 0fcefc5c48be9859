"""Setting who stands behind a post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.text import slugify

from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role

from ..evidence_kinds import POST_SET
from ..models import Post, PostHolder
from ..selectors.directory import ORGANISATION_ROLES
from .errors import Refused

if TYPE_CHECKING:
    from portal.core.identity.models import Team, User

RESERVED = ("add",)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a post is to be: its name, and people, a team, a role, or everybody behind it."""

    name: str
    stands_for: str = Post.StandsFor.PEOPLE.value
    people: Sequence[User] = ()
    team: Team | None = None
    role: str = ""


@transaction.atomic
def set_post(*, user: User, wish: Wish, slug: str = "") -> Post:
    """Make a post, or change who stands behind the one with this short name; the same wish again changes nothing.

    Raises Refused where what stands behind it is not said, PermissionDenied for who gives no roles.
    """
    require(user, Act.ADMINISTER)
    _check(wish)
    post = Post.objects.select_for_update().filter(slug=slug).first() if slug else Post(slug=_slug_of(wish.name))
    if post is None:
        raise Refused("There is no such post any more. Open the list of posts again.")
    if post.pk is not None and _same(post, wish):
        return post
    if Post.objects.filter(name__iexact=wish.name.strip()).exclude(pk=post.pk).exists():
        raise Refused(f"There is a post {wish.name.strip()} already: change that one.")
    post.name, post.stands_for, post.changed_at = wish.name.strip(), wish.stands_for, now()
    post.team = wish.team if wish.stands_for == Post.StandsFor.TEAM else None
    post.role = wish.role if wish.stands_for == Post.StandsFor.ROLE else ""
    post.save()
    _seat(post, wish)
    return _recorded(user, post)


def _seat(post: Post, wish: Wish) -> None:
    wanted = list(wish.people) if wish.stands_for == Post.StandsFor.PEOPLE else []
    PostHolder.objects.filter(post=post).exclude(user__in=wanted).delete()
    for person in wanted:
        PostHolder.objects.get_or_create(post=post, user=person, defaults={"since": post.changed_at})


def _recorded(user: User, post: Post) -> Post:
    """The ledger names no person: it takes a digest over the public ids of who holds it."""
    held = sorted(str(each) for each in post.holders.values_list("user__public_id", flat=True))
    behind = post.team.slug if post.team else post.role
    payload: dict[str, str | int] = {
        "post": post.slug,
        "stands_for": f"{post.get_stands_for_display()} {behind}".strip(),
        "people": len(held),
        "holders_digest": digest(canonical_bytes(held)),
    }
    record(POST_SET, actor=actor_of(user, Role.ADMINISTRATOR), payload=payload)
    publish("raci.post.set", {"post": post.slug}, key=post.slug)
    return post


def _check(wish: Wish) -> None:
    if not wish.name.strip():
        raise Refused("A post needs a name, such as CISO.")
    if wish.stands_for not in Post.StandsFor.values:
        raise Refused("Choose what stands behind the post: people, a team, a role, or everybody.")
    if wish.stands_for == Post.StandsFor.TEAM and wish.team is None:
        raise Refused("Choose the team that stands behind the post.")
    if wish.stands_for == Post.StandsFor.ROLE and wish.role not in {role.value for role in ORGANISATION_ROLES}:
        raise Refused("Choose the role that stands behind the post.")


def _same(post: Post, wish: Wish) -> bool:
    people = set(wish.people) if wish.stands_for == Post.StandsFor.PEOPLE else set()
    held = {each.user for each in post.holders.select_related("user")}
    asked = (wish.name.strip(), wish.stands_for, wish.team, wish.role)
    return (post.name, post.stands_for, post.team, post.role) == asked and people == held


def _slug_of(name: str) -> str:
    slug = slugify(name)[:60]
    if not slug or slug in RESERVED:
        raise Refused("This name cannot be an address: use letters or digits, such as CISO.")
    if Post.objects.filter(slug=slug).exists():
        raise Refused(f"There is a post with the short name {slug} already: change that one.")
    return slug
