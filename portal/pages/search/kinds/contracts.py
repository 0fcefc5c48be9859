"""Contracts by their name, their asset's, and the digest of one of their versions."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from contracts_app.selectors import contracts_called, versions_with_digest
from portal.pages.search.base import Group, Hit, Query, found, provider


@provider(10, "contract")
def contracts(user: Any, query: Query) -> Iterator[Group]:
    """Contracts; the one of exactly this name, or the version of exactly this digest, is what was named."""
    if query.digest:
        yield from found(versions_with_digest(user, query.digest), _version, query, **_GROUP)
    elif not query.id:
        url = f"{reverse('contracts:list')}?{urlencode({'q': query.text})}"
        rows = contracts_called(user, query.called)
        yield from found(rows, lambda row: _contract(row, query.text), query, **_GROUP, url=url)


_GROUP = {"key": "contract", "title": "Contracts", "icon": "contract"}


def _contract(row: Any, text: str) -> Hit:
    owner = row.owner_team.name if row.owner_team else "nobody yet"
    return Hit(row.name, row.get_absolute_url(), f"owned by {owner}", exact=row.name.lower() == text.lower())


def _version(row: Any) -> Hit:
    return Hit(f"{row.contract.name} {row.number}", row.get_absolute_url(), "the version of this digest", exact=True)
