"""How a contract stands as a whole: what is in force, what comes and when, what ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts_app.domain.lifecycle import State
from contracts_app.models import Version

_ORDER = [State.ACTIVE, State.SCHEDULED, State.PROPOSED, State.DRAFT, State.DEPRECATED, State.RETIRED, State.WITHDRAWN]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The versions of a contract that matter now."""

    in_force: Version | None
    coming: Version | None
    draft: Version | None
    ending: tuple[Version, ...]

    @property
    def deadline(self) -> tuple[datetime, str] | None:
        """The next moment at which something changes by itself, and what that is."""
        moments = [(each.deprecated_until, f"{each.number} is retired") for each in self.ending]
        if self.coming is not None and self.coming.state == State.SCHEDULED:
            moments.append((self.coming.notice_ends_at, f"notice of {self.coming.number} ends"))
        known = [(at, said) for at, said in moments if at is not None]
        return min(known, default=None)

    @property
    def leading(self) -> Version | None:
        """The version that stands for the contract: the one in force, else what is nearest to it."""
        return self.in_force or self.coming or self.draft or (self.ending[0] if self.ending else None)


def outlook_of(versions: Iterable[Version]) -> Outlook:
    """The outlook of one contract's versions."""
    found = list(versions)
    coming = _first(found, State.SCHEDULED) or _first(found, State.PROPOSED)
    ending = tuple(each for each in found if each.state == State.DEPRECATED)
    return Outlook(_first(found, State.ACTIVE), coming, _first(found, State.DRAFT), ending)


def leading(versions: Sequence[Version]) -> Version | None:
    """The version that is shown where nobody asks for another."""
    return min(versions, key=lambda each: (_ORDER.index(State(each.state)), -each.pk), default=None)


def _first(versions: list[Version], state: State) -> Version | None:
    return next((each for each in versions if each.state == state), None)
