"""Teams by name, and the people who hold roles, by theirs."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse

from portal.core.identity.selectors import members_called
from portal.core.identity.selectors import teams as every_team
from portal.pages.search.base import Group, Hit, Query, found, provider


@provider(80, "team")
def teams(user: Any, query: Query) -> Iterator[Group]:
    """Teams whose name holds the text."""
    if query.id:
        return
    rows = every_team(user).filter(Q(name__icontains=query.text) | Q(slug__iexact=query.text)).order_by("name")
    yield from found(rows, _team, query, key="team", title="Teams", icon="people", url=reverse("identity:people"))


@provider(81, "person")
def people(user: Any, query: Query) -> Iterator[Group]:
    """Who holds a role and is called so, each with the place where the role is held."""
    if not query.id:
        rows = members_called(user, query.text)
        yield from found(rows, _member, query, key="person", title="People", icon="people")


def _team(row: Any) -> Hit:
    return Hit(row.name, row.get_absolute_url(), f"{row.people} people" if row.people != 1 else "1 person")


def _member(row: Any) -> Hit:
    where = f", {row.team.name}" if row.team else ", for the whole organisation"
    url = row.team.get_absolute_url() if row.team else reverse("identity:people")
    return Hit(row.user.name, url, f"{row.get_role_display()}{where}")
