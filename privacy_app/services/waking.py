"""Waking the workers after a commit; by name, since tasks stand above services. A lost message costs one tick."""

from celery import signature

from portal.core.clock.beat import wake


def wake_codes() -> None:
    """Send the codes of new requests, soon."""
    wake(signature("privacy_app.tasks.send_codes"))


def wake_imports() -> None:
    """Take in the rows of confirmed files, soon."""
    wake(signature("privacy_app.tasks.take_files"))


def wake_resolution() -> None:
    """Look up identities soon."""
    wake(signature("privacy_app.tasks.resolve_waiting"))


def wake_planning() -> None:
    """Go on with the plans that are being made, soon."""
    wake(signature("privacy_app.tasks.look_at_systems"))


def wake_propagation() -> None:
    """Run the steps that may run, soon."""
    wake(signature("privacy_app.tasks.propagate"))


def wake_proofs() -> None:
    """Finish what is verified, soon."""
    wake(signature("privacy_app.tasks.prove"))


def wake_audit() -> None:
    """Send the messages of the audit topic soon."""
    wake(signature("privacy_app.tasks.tell_audit"))


def wake_rechecks() -> None:
    """Look again soon."""
    wake(signature("privacy_app.tasks.recheck"))


def wake_replays() -> None:
    """Replay the suppression list soon."""
    wake(signature("privacy_app.tasks.replay_restores"))
