"""Waking the workers after a commit; by name, since tasks stand above services. A lost message costs one tick."""

from celery import signature

from portal.core.clock.beat import wake


def wake_resolution() -> None:
    """Look up identities soon."""
    wake(signature("privacy_app.tasks.resolve_waiting"))


def wake_propagation() -> None:
    """Run the steps that may run, soon."""
    wake(signature("privacy_app.tasks.propagate"))


def wake_proofs() -> None:
    """Finish what is verified, soon."""
    wake(signature("privacy_app.tasks.prove"))
