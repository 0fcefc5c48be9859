"""The rooms of the portal by their name and by what is there."""

from collections.abc import Iterator
from typing import Any

from portal.pages.navigation import open_rooms
from portal.pages.search.base import Group, Hit, Query, provider


@provider(0, "room")
def rooms(user: Any, query: Query) -> Iterator[Group]:
    """The rooms that the person's roles open and whose name begins with a word of the query, or holds it."""
    said = query.text.lower()
    hits = tuple(Hit(each.label, each.path, each.about) for each in open_rooms(user) if said in each.label.lower())
    if hits and len(said) > 1:
        yield Group("room", "Rooms", "next", hits, len(hits))
