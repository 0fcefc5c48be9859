"""One search: every provider asked, or the one that is wanted, and what is exactly the thing that was named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.core.identity.policies import Act, require
from portal.pages.search.base import Group, Hit, Query, providers


def search(user: Any, query: Query, only: str = "") -> list[Group]:
    """The groups in which something was found, in their order; with `only`, that one."""
    require(user, Act.READ)
    if not query.text:
        return []
    asked = sorted(providers.members().values(), key=lambda each: each.order)
    asked = [each for each in asked if only in each.keys] or asked
    groups = [group for each in asked for group in each.find(user, query)]
    return [group for group in groups if group.hits and only in ("", group.key)]


def exact_hits(groups: Iterable[Group]) -> list[Hit]:
    """What is exactly the thing that was named, each page once."""
    exact = {hit.url: hit for group in groups for hit in group.hits if hit.exact}
    return list(exact.values())
