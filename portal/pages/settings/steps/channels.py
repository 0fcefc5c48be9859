"""Whether what the portal tells arrives: mail, and checkpoints outside of the house."""

from __future__ import annotations

from django.conf import settings

from portal.core.clock.services import now
from portal.core.evidence.services import standing
from portal.core.notify.selectors import newest_of_channel
from portal.pages.settings.registry import Stand, done, step, to_do, wrong


@step(
    "mail",
    title="Send a test mail",
    why="Letters to people who asked for a deletion, alerts and reminders go by mail.",
    url="settings:mail",
    label="Send one to me",
    who="An administrator",
    order=20,
)
def mail() -> Stand:
    """By the newest mail of the outbox that was tried."""
    sent = newest_of_channel("email")
    if sent is None:
        return to_do("No mail was ever sent.")
    if sent.state == sent.State.DELIVERED:
        return done("The newest mail was handed over.", sent.delivered_at)
    if sent.state == sent.State.GIVEN_UP or sent.last_error:
        return wrong(sent.last_error or "It was given up.", sent.created_at)
    return Stand("Waits", "wait", "A mail waits for the next delivery.", sent.created_at)


@step(
    "anchors",
    title="Take the ledger's checkpoints out of the house",
    why="Somebody who holds an older checkpoint can see that nothing before it was changed, even by us.",
    url="evidence:anchors",
    label="Anchors",
    who="The operator of the host, by a setting",
    order=80,
)
def anchors() -> Stand:
    """By the anchors that are turned on."""
    found = standing(now())
    if not found:
        return to_do("No anchor is turned on: set TSA_URL, CUSTODY_CHECKPOINT_FOLDER or CUSTODY_CHECKPOINT_MAIL.")
    for each in found:
        if each.late_since or each.failing:
            why = each.last_failure.sentence if each.last_failure else "No worker has run it."
            return wrong(f"{each.anchor.label}: {why}", each.late_since)
    labels = ", ".join(each.anchor.label for each in found)
    if not any(each.last_ok for each in found):
        return Stand("Waits", "wait", f"Turned on: {labels}. The first checkpoint goes out within a day.")
    return done(f"Turned on and working: {labels}.", max(each.last_ok.ran_at for each in found if each.last_ok))


@step(
    "demo",
    title="Turn the demo off",
    why="The demo makes up people and lets their one-time codes be read: nothing real belongs into it.",
    url="settings:effective",
    label="CUSTODY_DEMO",
    who="The operator of the host, by a setting",
    order=100,
)
def demo() -> Stand:
    """By the setting."""
    return to_do("It runs as a demo.") if settings.DEMO else done("This is no demo.")
