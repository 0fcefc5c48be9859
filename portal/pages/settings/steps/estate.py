"""Whether the first system, token and contract are there, and whether a restore was rehearsed."""

from __future__ import annotations

from contracts_app.selectors import counts_by_state
from portal.core.catalog.selectors import systems, tests_of_systems
from portal.core.clock.services import now
from portal.core.evidence.selectors import newest_of_kind
from portal.core.identity.selectors import tokens_in_use
from portal.pages.settings.registry import Stand, done, step, to_do, wrong
from privacy_app.selectors.restores import newest_rehearsal


@step(
    "system",
    title="Register a data system and test it",
    why="What is not reached can be neither measured nor deleted from.",
    url="settings:systems",
    label="Systems and their tests",
    who="An administrator",
    order=30,
)
def system() -> Stand:
    """By the newest test of each system."""
    names = {each.name for each in systems()}
    if not names:
        return to_do("No system is registered.")
    tests = tests_of_systems()
    failed = sorted(name for name, test in tests.items() if name in names and not test.good)
    if failed:
        return wrong(f"The newest test failed: {', '.join(failed[:5])}.", max(tests[name].at for name in failed))
    untested = len(names - set(tests))
    if untested:
        return Stand("To do", "wait", f"{untested} of {len(names)} systems were never tested from here.")
    return done(f"All {len(names)} answered.", min(test.at for name, test in tests.items() if name in names))


@step(
    "token",
    title="Give a pipeline its token",
    why="Pipelines send lineage and ask the gate with one.",
    url="identity:tokens",
    label="Tokens",
    who="An administrator",
    order=40,
)
def token() -> Stand:
    """By the tokens that are in use."""
    found = tokens_in_use(now())
    return done(f"{found} in use.") if found else to_do("No token is in use.")


@step(
    "contract",
    title="Sign the first contract",
    why="No contract, no production: gates, SLOs and deletion plans begin with one.",
    url="contracts:list",
    label="Contracts",
    who="An owner writes and signs; the head of data and the privacy officer sign where it is needed",
    order=50,
)
def contract() -> Stand:
    """By the contracts in force and the newest signature."""
    active = counts_by_state().get("active", 0)
    if active:
        return done(f"{active} in force.")
    signed = newest_of_kind("contracts:version:signed", 1)
    if signed:
        return Stand("Under way", "info", "One was signed and is not in force yet.", signed[0].created_at)
    return to_do("Nobody has signed one.")


@step(
    "rehearsal",
    title="Rehearse a restore from a backup",
    why="A restore must not bring anybody back; only a rehearsal shows that it works.",
    url="privacy:restores",
    label="Restores",
    who="A privacy officer",
    order=90,
)
def rehearsal() -> Stand:
    """By the newest rehearsal that has ended."""
    found = newest_rehearsal()
    if found is None:
        return to_do("None was rehearsed.")
    if found.state == found.State.FAILED:
        return wrong(found.sentence or "The newest rehearsal was not clean.", found.noted_at)
    if found.replayed_at is None:
        return Stand("Under way", "info", "A rehearsal is waiting for its replay.", found.noted_at)
    return done(f"{found.system.name} was restored beside itself, and nobody was left in it.", found.replayed_at)
