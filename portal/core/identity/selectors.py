"""Reading people, teams, roles and tokens, with the reader's right checked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from portal.core.identity.models import ActorName, Membership, ServiceToken, Team, User
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    Reader = User | AnonymousUser


def teams(reader: Reader) -> QuerySet[Team]:
    """Every team, with `.people` (how many hold a role in it)."""
    require(reader, Act.READ)
    return Team.objects.annotate(people=Count("memberships__user", distinct=True))


def team_named(reader: Reader, slug: str) -> Team | None:
    """The team with this slug, or None."""
    require(reader, Act.READ)
    return Team.objects.filter(slug=slug).first()


def roles_in(reader: Reader, team: Team | None) -> QuerySet[Membership]:
    """The roles held in a team, or (None) those held for the whole organisation."""
    require(reader, Act.READ)
    return Membership.objects.filter(team=team).select_related("user", "team").order_by("role", "user__name")


def members_called(reader: Reader, words: str) -> QuerySet[Membership]:
    """The roles of active people whose name holds the words; addresses are not asked."""
    require(reader, Act.READ)
    found = Membership.objects.filter(user__is_active=True, user__name__icontains=words)
    return found.select_related("user", "team").order_by("user__name", "team__name", "role")


def people(reader: Reader, *, words: str = "", without_role: bool = False) -> QuerySet[User]:
    """People by name, those whose name or address holds `words`; or only those who hold no role."""
    require(reader, Act.ADMINISTER)
    found = User.objects.prefetch_related("memberships__team")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words))
    return found.filter(memberships=None) if without_role else found


def membership(reader: Reader, pk: int) -> Membership | None:
    """One role of somebody, for who may take it."""
    require(reader, Act.ADMINISTER)
    return Membership.objects.select_related("user", "team").filter(pk=pk).first()


def tokens_in_use(at: datetime) -> int:
    """How many service tokens can be shown at that time; a number is nobody's secret."""
    return ServiceToken.objects.filter(revoked_at=None, expires_at__gt=at).count()


def person_named(email: str) -> User | None:
    """Who signs in with this address, for commands of the host's own operator; no right is asked."""
    return User.objects.filter(email__iexact=email.strip(), is_active=True).first()


def tokens(reader: Reader) -> QuerySet[ServiceToken]:
    """Every service token, newest first."""
    require(reader, Act.ADMINISTER)
    return ServiceToken.objects.select_related("owner_team")


def token(reader: Reader, pk: int) -> ServiceToken | None:
    """One service token, or None."""
    return tokens(reader).filter(pk=pk).first()


def senders(reader: Reader, scope: str) -> list[ServiceToken]:
    """The tokens of a scope with their team, revoked ones too: who sends is shown to everybody who reads."""
    require(reader, Act.READ)
    return list(ServiceToken.objects.filter(scopes__contains=[scope]).select_related("owner_team").order_by("name"))


def tokens_called(text: str) -> list[ServiceToken]:
    """The tokens of this name, or that begin so, revoked ones too; for commands on the server: nobody signs in."""
    return list(ServiceToken.objects.filter(Q(name=text) | Q(prefix=text)).order_by("pk"))


def token_names(numbers: Iterable[int]) -> dict[int, str]:
    """The names of these service tokens by number: who told of something is said to everybody who reads it."""
    wanted = list(numbers)
    return dict(ServiceToken.objects.filter(pk__in=wanted).order_by().values_list("pk", "name")) if wanted else {}


def holders_of(role: Role, *, team_ids: set[int] | None = None) -> QuerySet[User]:
    """The active people who hold a role, in one of the teams where the role is one of a team; for notices."""
    held = User.objects.filter(is_active=True, memberships__role=role.value)
    return (held.filter(memberships__team__in=team_ids) if team_ids is not None else held).distinct()


def names_of(reader: Reader, actor_ids: Iterable[str]) -> dict[str, str]:
    """Actor id of the ledger -> name, for those whose name has not been purged; for who may read evidence."""
    require(reader, Act.READ_EVIDENCE)
    return dict(ActorName.objects.filter(actor_id__in=set(actor_ids)).values_list("actor_id", "name"))


def person_at(address: str) -> User | None:
    """The person who signs in with this e-mail address and may; for what the portal itself tells them."""
    return User.objects.filter(email__iexact=address.strip(), is_active=True).first()
