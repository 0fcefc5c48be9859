"""What a step of the first set-up is: its state is read from the estate, never ticked off by hand where it can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Stand:
    """How a step stands: a word, its kind of mark (ok, warn, bad, wait, off), and what was found."""

    word: str
    kind: str
    found: str
    when: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.kind == "ok"


def done(found: str, when: datetime | None = None) -> Stand:
    """Nothing is left to do."""
    return Stand("Done", "ok", found, when)


def to_do(found: str) -> Stand:
    """Somebody has to do it."""
    return Stand("To do", "wait", found)


def wrong(found: str, when: datetime | None = None) -> Stand:
    """It was done and does not work."""
    return Stand("Does not work", "bad", found, when)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, why, where, and who can; `attested` ones are stated by a person about a fact."""

    key: str
    title: str
    why: str
    url: str
    label: str
    who: str
    order: int
    look: Callable[[], Stand]
    attests: Callable[[], str] | None = None


_steps: Registry[Step] = Registry("step", "portal.pages.settings.steps")


def step(
    key: str, *, title: str, why: str, url: str, label: str, who: str, order: int,
    attests: Callable[[], str] | None = None,
) -> Callable[[Callable[[], Stand]], Callable[[], Stand]]:  # fmt: skip
    """Register how a step stands. `url` is a URL name or an address; `attests` gives what a person states it about."""

    def register(look: Callable[[], Stand]) -> Callable[[], Stand]:
        _steps.add(key, Step(key, title, why, url, label, who, order, look, attests), where=look.__module__)
        return look

    return register


def steps() -> list[Step]:
    """Every step, in the order in which one sets up."""
    return sorted(_steps.members().values(), key=lambda each: each.order)
