"""Every team and asset that the document names is one that the portal knows."""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app import selectors
from contracts_app.conditions import Condition, condition
from contracts_app.models import Version

TITLE = "Names of teams and assets"


@condition(order=20)
def names(version: Version) -> Iterator[Condition]:
    """At tier 1 an unknown name holds the version back; below it is only said."""
    if version.loaded.document is None:
        return
    unknown = selectors.unresolved(version.document, selectors.names_of(version))
    if not unknown:
        yield Condition("names", TITLE, True, "Each team and asset that it names is registered.")
    elif version.tier == 1:
        yield from (_missing(found.message) for found in unknown)
    else:
        text = f"{unknown[0].message} Below tier 1 this does not hold it back."
        yield Condition("names", TITLE, True, text)


def _missing(message: str) -> Condition:
    return Condition("names", TITLE, False, message, who="an administrator", failing=True)
