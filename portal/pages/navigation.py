"""The main navigation: the rooms and their groups, which of them a person's roles open, and which comes first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role

MINE, DATA, OPERATIONS, TRUST, ORGANISATION = "", "Data", "Operations", "Trust", "Organisation"


@dataclass(frozen=True)
class Room:
    """A room: where it is mounted, its icon, the acts of which one opens it, its group, and what is there."""

    label: str
    path: str
    icon: str
    acts: tuple[Act, ...]
    group: str
    about: str


READ = (Act.READ,)
REQUESTS = (Act.READ_REQUESTS, Act.COUNT_REQUESTS)

# one line a room, those of a group together
ROOMS = (
    Room("My work", "/", "work", READ, MINE, "What waits for you, soonest first."),
    Room("Scoreboard", "/scoreboard/", "scoreboard", READ, MINE, "The targets, what is missing, and the day's end."),
    Room("Contracts", "/contracts/", "contract", READ, DATA, "What is promised of each asset, and who signed it."),
    Room("Assets", "/assets/", "table", READ, DATA, "Each asset, with what every room knows of it."),
    Room("Lineage", "/lineage/", "lineage", READ, DATA, "What feeds what, and who is hit by a change."),
    Room(
        "Provenance",
        "/provenance/",
        "provenance",
        READ,
        DATA,
        "What made it, from what, when and under which promises.",
    ),
    Room("Gates", "/gates/", "gate", READ, DATA, "What deploys asked, and what they were answered."),
    Room("SLOs", "/slos/", "slo", READ, OPERATIONS, "Which promises are kept, budgets, incidents, runbooks."),
    Room("On call", "/on-call/", "bell", READ, OPERATIONS, "Who is on call, and how they are reached."),
    Room("Privacy", "/privacy/", "privacy", REQUESTS, TRUST, "Requests for deletion, from intake to proof."),
    Room("Evidence", "/evidence/", "evidence", (Act.READ_EVIDENCE,), TRUST, "What is recorded, and how to check it."),
    Room("Audit log", "/audit/", "audit", (Act.READ_EVIDENCE,), TRUST, "Who did what and when, with files of it."),
    Room("People", "/people/", "people", READ, ORGANISATION, "Teams, roles and service tokens."),
    Room("Systems", "/systems/", "system", READ, ORGANISATION, "Where data lies, and whether we reach it."),
    Room("RACI", "/raci/", "raci", READ, ORGANISATION, "Who is accountable and responsible for what."),
    Room("Programme", "/programme/", "programme", READ, ORGANISATION, "The programme's own files, to take away."),
    Room("Settings", "/settings/", "settings", (Act.ADMINISTER,), ORGANISATION, "First steps, settings and health."),
)

FIRST = {
    Role.PRIVACY_OFFICER: "/privacy/",
    Role.AUDITOR: "/evidence/",
    Role.ON_CALL: "/slos/",
    Role.HEAD_OF_DATA: "/scoreboard/",
}
"""Where whoever comes for one thing only begins; everybody else begins with their work."""


def open_rooms(user: Any) -> list[Room]:
    """The rooms that the person's roles open, in the order of the navigation."""
    return [room for room in ROOMS if any(may(user, act) for act in room.acts)]


def grouped(rooms: list[Room]) -> list[tuple[str, list[Room]]]:
    """The rooms by group, in the order of the navigation.

    >>> [(name, len(rooms)) for name, rooms in grouped(list(ROOMS[:3]))]
    [('', 2), ('Data', 1)]
    """
    return [(name, list(rooms)) for name, rooms in groupby(rooms, key=lambda room: room.group)]


def first_page(user: Any) -> str:
    """The path of the page that the person begins with: by their role where they hold one only, else My work."""
    roles = {role for role, _ in user.grants()}
    wanted = FIRST.get(next(iter(roles)), "/") if len(roles) == 1 else "/"
    return wanted if wanted in {room.path for room in open_rooms(user)} else "/"


def current(room: Room, path: str) -> str:
    """What `aria-current` says of a room's link on the page at `path`: "page", "true" (inside) or "".

    >>> current(ROOMS[2], "/contracts/"), current(ROOMS[2], "/contracts/7/"), current(ROOMS[0], "/contracts/")
    ('page', 'true', '')
    """
    if path == room.path:
        return "page"
    return "true" if room.path != "/" and path.startswith(room.path) else ""
