"""Reading people, teams, roles and tokens, with the reader's right checked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from portal.core.identity.models import Membership, ServiceToken, Team, User
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet


def teams(reader: User) -> QuerySet[Team]:
    """Every team, with `.people` (how many hold a role in it)."""
    require(reader, Act.READ)
    return Team.objects.annotate(people=Count("memberships__user", distinct=True))


def team_named(reader: User, slug: str) -> Team | None:
    """The team with this slug, or None."""
    require(reader, Act.READ)
    return Team.objects.filter(slug=slug).first()


def roles_in(reader: User, team: Team | None) -> QuerySet[Membership]:
    """The roles held in a team, or (None) those held for the whole organisation."""
    require(reader, Act.READ)
    return Membership.objects.filter(team=team).select_related("user", "team").order_by("role", "user__name")


def people(reader: User, *, words: str = "", without_role: bool = False) -> QuerySet[User]:
    """People by name, those whose name or address holds `words`; or only those who hold no role."""
    require(reader, Act.ADMINISTER)
    found = User.objects.prefetch_related("memberships__team")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words))
    return found.filter(memberships=None) if without_role else found


def membership(reader: User, pk: int) -> Membership | None:
    """One role of somebody, for who may take it."""
    require(reader, Act.ADMINISTER)
    return Membership.objects.select_related("user", "team").filter(pk=pk).first()


def tokens(reader: User) -> QuerySet[ServiceToken]:
    """Every service token, newest first."""
    require(reader, Act.ADMINISTER)
    return ServiceToken.objects.all()


def token(reader: User, pk: int) -> ServiceToken | None:
    """One service token, or None."""
    return tokens(reader).filter(pk=pk).first()


def holders_of(role: Role, *, team_ids: set[int] | None = None) -> QuerySet[User]:
    """The active people who hold a role, in one of the teams where the role is one of a team; for notices."""
    held = User.objects.filter(is_active=True, memberships__role=role.value)
    return (held.filter(memberships__team__in=team_ids) if team_ids is not None else held).distinct()
