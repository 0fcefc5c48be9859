"""Who stands behind holders today: people of teams, roles and posts, looked up for many holders at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.urls import reverse

from portal.core.catalog.selectors import resolve_teams
from portal.core.identity.models import Membership, Team, User
from portal.core.identity.roles import Role

from ..domain.holders import HolderKind, Standing, read, written
from ..models import Post

HELD = "_raci_held"
ORGANISATION_ROLES = tuple(role for role in Role if not role.of_a_team)


@dataclass(slots=True)
class Behind:
    """One holder today: its name and page, its active people, those of them who may answer for it, and who left."""

    holder: str
    label: str
    url: str = ""
    known: bool = True
    everybody: bool = False
    people: list[User] = field(default_factory=list)
    speakers: list[User] = field(default_factory=list)
    left: list[User] = field(default_factory=list)
    head_count: int = 0

    @property
    def standing(self) -> Standing:
        """What the rules have to know of it."""
        people = self.head_count if self.everybody else len(self.people)
        return Standing(self.label, self.known, people, len(self.speakers), len(self.left), self.everybody)


Directory = Mapping[str, Behind]


def directory(holders: Iterable[str]) -> dict[str, Behind]:
    """Each of these holders with who stands behind it, in six queries at most however many there are."""
    wanted = {holder: read(holder) for holder in holders}
    keys = {kind: {key for each, key in wanted.values() if each is kind} for kind in HolderKind}
    posts = _posts(keys[HolderKind.POST])
    slugs = keys[HolderKind.TEAM] | {post.team.slug for post in posts.values() if post.team}
    teams = _teams(slugs)
    roles = _roles(keys[HolderKind.ROLE] | {post.role for post in posts.values() if post.role})
    everybody = _head_count(posts.values())
    found: dict[str, Behind] = {}
    for holder, (kind, key) in wanted.items():
        if kind is HolderKind.TEAM:
            found[holder] = teams.get(key) or _unknown(holder, key)
        elif kind is HolderKind.ROLE:
            found[holder] = roles.get(key) or _unknown(holder, key)
        elif kind is HolderKind.POST:
            found[holder] = _of_post(posts[key], teams, roles, everybody) if key in posts else _unknown(holder, key)
        else:
            found[holder] = _unknown(holder, key)
    return found


def standings(known: Directory) -> dict[str, Standing]:
    """The directory as the rules take it."""
    return {holder: behind.standing for holder, behind in known.items()}


def standings_of(holders: Iterable[str]) -> dict[str, Standing]:
    """The same of these holders; the people of teams are counted, not read."""
    holders = set(holders)
    slugs = {key for kind, key in map(read, holders) if kind is HolderKind.TEAM}
    teams = {written(HolderKind.TEAM, slug): found for slug, found in _counted(slugs).items()}
    return standings(directory(holders - teams.keys())) | teams


def resolve(texts: Iterable[str]) -> dict[str, str]:
    """What people write in a contract ("Head of Data", "Data Platform", "CISO") -> the holder that it means.

    A post's name comes first, then a role's, then a team's name, short name or address; else `text:` and the words.
    """
    asked = {text: " ".join(text.split()).lower() for text in texts}
    if not asked:
        return {}
    words = set(asked.values())
    posts = {post.name.lower(): post.slug for post in Post.objects.all() if {post.name.lower(), post.slug} & words}
    roles = {role.label: role.value for role in ORGANISATION_ROLES}
    teams = resolve_teams(text for text, word in asked.items() if word not in posts and word not in roles)
    return {text: _holder(text, word, posts, roles, teams) for text, word in asked.items()}


def _holder(text: str, word: str, posts: Mapping[str, str], roles: Mapping[str, str], teams: Mapping[str, Team]) -> str:
    if word in posts or word in posts.values():
        return written(HolderKind.POST, posts.get(word, word))
    if word in roles:
        return written(HolderKind.ROLE, roles[word])
    if text in teams:
        return written(HolderKind.TEAM, teams[text].slug)
    return written(HolderKind.TEXT, text.strip()[:180] or "?")


def _unknown(holder: str, key: str) -> Behind:
    return Behind(holder, key, known=False)


def _posts(slugs: set[str]) -> dict[str, Post]:
    if not slugs:
        return {}
    found = Post.objects.filter(slug__in=slugs).select_related("team").prefetch_related("holders__user")
    return {post.slug: post for post in found}


def _teams(slugs: set[str]) -> dict[str, Behind]:
    """Teams by short name; their owners answer for them."""
    if not slugs:
        return {}
    found = {
        team.slug: Behind(written(HolderKind.TEAM, team.slug), team.name, reverse("identity:team", args=[team.slug]))
        for team in Team.objects.filter(slug__in=slugs)
    }
    held = Membership.objects.filter(team__slug__in=found).select_related("user", "team").order_by("user__name", "pk")
    for each in held:
        assert each.team is not None
        _seat(found[each.team.slug], each.user, answers=each.role == Role.OWNER)
    return found


def _counted(slugs: set[str]) -> dict[str, Standing]:
    """Teams by short name, as `_teams` without the people themselves."""
    if not slugs:
        return {}
    of_whom = "memberships__user"
    active = Q(memberships__user__is_active=True)
    found = Team.objects.filter(slug__in=slugs).annotate(
        people=Count(of_whom, filter=active, distinct=True),
        answer=Count(of_whom, filter=active & Q(memberships__role=Role.OWNER), distinct=True),
        left=Count(of_whom, filter=~active, distinct=True),
    )
    counts = found.values_list("slug", "name", "people", "answer", "left")
    return {slug: Standing(name, True, people, answer, left) for slug, name, people, answer, left in counts}


def _roles(values: set[str]) -> dict[str, Behind]:
    """Roles of the whole organisation; everybody who holds one answers for it."""
    known: dict[str, Role] = {role.value: role for role in ORGANISATION_ROLES if role.value in values}
    if not known:
        return {}
    page = reverse("identity:people")
    found: dict[str, Behind] = {
        value: Behind(written(HolderKind.ROLE, value), _capital(role.label), page) for value, role in known.items()
    }
    held = Membership.objects.filter(role__in=known, team=None).select_related("user").order_by("user__name", "pk")
    for each in held:
        _seat(found[each.role], each.user, answers=True)
    return found


def _head_count(posts: Iterable[Post]) -> int:
    """How many people there are, where some post stands for all of them."""
    asked = any(post.stands_for == Post.StandsFor.EVERYBODY for post in posts)
    return User.objects.filter(is_active=True).count() if asked else 0


def _of_post(post: Post, teams: Mapping[str, Behind], roles: Mapping[str, Behind], everybody: int) -> Behind:
    behind = Behind(written(HolderKind.POST, post.slug), post.name, post.get_absolute_url())
    if post.stands_for == Post.StandsFor.EVERYBODY:
        behind.everybody, behind.head_count = True, everybody
        return behind
    source = teams.get(post.team.slug) if post.team else roles.get(post.role) if post.role else None
    if source is not None:
        behind.people, behind.speakers, behind.left = source.people, source.speakers, source.left
        return behind
    for each in post.holders.all():
        _seat(behind, each.user, answers=True)
    return behind


def _seat(behind: Behind, user: User, *, answers: bool) -> None:
    if not user.is_active:
        if user not in behind.left:
            behind.left.append(user)
        return
    if user not in behind.people:
        behind.people.append(user)
    if answers and user not in behind.speakers:
        behind.speakers.append(user)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def holders_of_user(user: User) -> frozenset[str]:
    """The holders that this person may answer as: teams that they own, their roles, posts; read once per instance."""
    if HELD not in user.__dict__:
        user.__dict__[HELD] = _held(user)
    found: frozenset[str] = user.__dict__[HELD]
    return found


def _held(user: User) -> frozenset[str]:
    teams = {team for role, team in user.grants() if role is Role.OWNER and team}
    roles = {role.value for role, team in user.grants() if team is None}
    asked = Q(holders__user=user) | Q(team__in=teams) | Q(role__in=roles)
    posts = Post.objects.filter(asked).values_list("slug", flat=True).distinct() if user.pk else []
    slugs = Team.objects.filter(pk__in=teams).values_list("slug", flat=True) if teams else []
    return frozenset(
        [
            *(written(HolderKind.TEAM, slug) for slug in slugs),
            *(written(HolderKind.ROLE, role) for role in roles),
            *(written(HolderKind.POST, slug) for slug in posts),
        ]
    )
