"""Everything that stands between a version and force; each condition is one module of `contracts_app/conditions/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db.models import prefetch_related_objects

from contracts_app.domain.conditions import Condition, unmet
from contracts_app.domain.lifecycle import State
from contracts_app.models import Version
from contracts_app.selectors.duties import share_duties
from contracts_app.selectors.moment import share_moment
from contracts_app.selectors.names import share_names
from portal.core.registry import Registry

Asked = Callable[[Version], Iterable[Condition]]
OPEN = (State.DRAFT, State.PROPOSED, State.SCHEDULED)
ANSWERED = ("answers__team", "answers__user")
PREFETCHED = (
    "contract__owner_team",
    "signatures__user",
    "signatures__signature",
    *ANSWERED,
    "grounds",
    "contract__waivers__signer",
)
_asked: Registry[tuple[int, Asked]] = Registry("condition", "contracts_app.conditions")


def condition(*, order: int) -> Callable[[Asked], Asked]:
    """Register the function below it (version -> conditions); the module's name is its key.

    Raises ValueError where two functions of one module register: give the second a module of its own.
    """

    def register(ask: Asked) -> Asked:
        _asked.add(ask.__module__, (order, ask), where=ask.__module__)
        return ask

    return register


def conditions_of(version: Version) -> list[Condition]:
    """What stands between this version and force, met or not; nothing for one that was in force or withdrawn."""
    return conditions_of_all([version])[0]


def conditions_of_all(versions: Sequence[Version]) -> list[list[Condition]]:
    """The conditions of each version, with a number of queries that does not grow with theirs."""
    prepare([version for version in versions if version.state in OPEN])
    return [_conditions(version) if version.state in OPEN else [] for version in versions]


def prepare(versions: Sequence[Version]) -> None:
    """Read at once what the conditions of all these versions ask for."""
    prefetch_related_objects(versions, *PREFETCHED)
    share_moment(versions)
    share_names(versions)
    share_duties(versions)


def unmet_conditions(version: Version) -> list[Condition]:
    """Those that hold the version back, hindrances first."""
    return unmet(conditions_of(version))


def _conditions(version: Version) -> list[Condition]:
    ordered = sorted(_asked.members().items(), key=lambda each: (each[1][0], each[0]))
    return [found for _, (_, ask) in ordered for found in ask(version)]
