"""Whether the people are there who have to answer, sign and approve."""

from __future__ import annotations

from django.conf import settings

from portal.core.catalog.selectors import resolve_team
from portal.core.clock.services import now
from portal.core.identity.roles import Role
from portal.core.identity.selectors import holders_of
from portal.core.oncall.selectors.duty import teams_without_duty
from portal.pages.settings.registry import Stand, done, step, to_do, wrong


@step(
    "officers",
    title="Name two privacy officers and the head of data",
    why="Nobody approves a deletion that they planned, and deletions of high risk need the head of data.",
    url="identity:people",
    label="People",
    who="An administrator",
    order=60,
)
def officers() -> Stand:
    """By the people who hold the roles and may sign in."""
    held = {role: holders_of(role).count() for role in (Role.PRIVACY_OFFICER, Role.HEAD_OF_DATA)}
    missing = []
    if held[Role.PRIVACY_OFFICER] < 2:
        missing.append(f"{2 - held[Role.PRIVACY_OFFICER]} more privacy officer")
    if not held[Role.HEAD_OF_DATA]:
        missing.append("a head of data")
    if missing:
        return to_do(f"Missing: {' and '.join(missing)}.")
    return done(f"{held[Role.PRIVACY_OFFICER]} privacy officers and a head of data.")


@step(
    "rotation",
    title="Set a rotation for every team that owns something",
    why="An alert that nobody is called for is a page that nobody reads.",
    url="oncall:overview",
    label="On call",
    who="An owner of the team, or an administrator",
    order=70,
)
def rotation() -> Stand:
    """By the teams that own an asset and have nobody on call now."""
    owning, without = teams_without_duty(now())
    if not owning:
        return to_do("No team owns an asset yet.")
    if without:
        names = ", ".join(team.name for team in without[:5])
        return to_do(f"Nobody is on call now for {len(without)} of {owning} owning teams: {names}.")
    return done(f"Somebody is on call now for each of {owning} owning teams.")


def _named_team(name: str, slug: str) -> Stand:
    if not slug:
        return to_do(f"{name} names no team.")
    team = resolve_team(slug)
    return done(f"{team.name}.") if team else wrong(f"{name} names the team “{slug}”, which there is not.")


@step(
    "privacy-team",
    title="Name the privacy team",
    why="It is paged when a request is past 48 of its 72 hours.",
    url="settings:effective",
    label="CUSTODY_PRIVACY_TEAM",
    who="The operator of the host, by a setting",
    order=71,
)
def privacy_team() -> Stand:
    """By the setting and the team."""
    return _named_team("CUSTODY_PRIVACY_TEAM", settings.PRIVACY_TEAM)


@step(
    "operations-team",
    title="Name the team that runs the portal",
    why="It is paged when the ledger does not fit its entries, or a checkpoint did not leave the house.",
    url="settings:effective",
    label="CUSTODY_OPERATIONS_TEAM",
    who="The operator of the host, by a setting",
    order=72,
)
def operations_team() -> Stand:
    """By the setting and the team."""
    return _named_team("CUSTODY_OPERATIONS_TEAM", settings.OPERATIONS_TEAM)
