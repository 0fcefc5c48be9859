"""The main navigation: which rooms there are, and which of them a person's roles open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.core.identity.policies import Act, may


@dataclass(frozen=True)
class Room:
    """A room of the portal: where it is mounted, its icon, and the acts of which one opens it."""

    label: str
    path: str
    icon: str
    acts: tuple[Act, ...]


ROOMS = (
    Room("My work", "/", "work", (Act.READ,)),
    Room("Contracts", "/contracts/", "contract", (Act.READ,)),
    Room("Gates", "/gates/", "gate", (Act.READ,)),
    Room("Lineage", "/lineage/", "lineage", (Act.READ,)),
    Room("SLOs", "/slos/", "slo", (Act.READ,)),
    Room("Privacy", "/privacy/", "privacy", (Act.READ_REQUESTS, Act.COUNT_REQUESTS)),
    Room("Evidence", "/evidence/", "evidence", (Act.READ_EVIDENCE,)),
    Room("Systems", "/systems/", "system", (Act.READ,)),
    Room("People", "/people/", "people", (Act.READ,)),
)


def open_rooms(user: Any) -> list[Room]:
    """The rooms that the person's roles open, in the order of the navigation."""
    return [room for room in ROOMS if any(may(user, act) for act in room.acts)]


def current(room: Room, path: str) -> str:
    """What `aria-current` says of a room's link on the page at `path`: "page", "true" (inside) or "".

    >>> current(ROOMS[1], "/contracts/"), current(ROOMS[1], "/contracts/7/"), current(ROOMS[0], "/contracts/")
    ('page', 'true', '')
    """
    if path == room.path:
        return "page"
    return "true" if room.path != "/" and path.startswith(room.path) else ""
