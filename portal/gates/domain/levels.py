"""Gate 4, SLO: no accuracy or drift SLO of an input is out of bounds; a spent budget of an output freezes deploys.

Sources: the design, "The gate"; the error budget policy of the Site Reliability Workbook (Google, 2018), appendix B.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.gates.domain.question import Subject
from portal.gates.domain.verdict import Found, State

WATCHED = ("accuracy", "drift")
BOUND = "the input's on-call engineer; or the head of data, for 7 days at most"
OWNER = "an owner of its team"
FROZEN = "the output's on-call engineer; or the head of data, for 7 days at most"


@dataclass(frozen=True, slots=True)
class Level:
    """One SLO as it stands: `bad` out of bounds, `known` measured lately, its standing in a word, and its number."""

    key: str
    name: str
    word: str
    bad: bool
    known: bool
    value: str = ""


@dataclass(frozen=True, slots=True)
class Throttled:
    """What the throttle tells the job about one input: denied or slowed, and why; `unknown` where nobody can tell."""

    key: str
    denied: bool
    factor: float
    why: str
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """What is left of one SLO's budget, in percent; 0 or less is spent, which freezes deploys where `freezes`."""

    key: str
    name: str
    left: float
    freezes: bool = True
    days: int = 28


def inputs(subject: Subject, key: str, levels: Sequence[Level], file: str) -> Iterator[Found]:
    """The findings about one input, `key` empty where no asset of that name is known."""
    if not key:
        said = f"{subject.label} names no asset that the portal knows, so its SLOs cannot be asked."
        todo = "Name its contract, or add the name as an alias of its asset."
        yield _found(
            "slo.unknown-asset", State.UNKNOWN, said, subject.label, subject, file, "an owner of its team", todo
        )
        return
    for level in levels:
        yield _level(level, subject, file)
    if not levels:
        said = f"{subject.label} promises no accuracy and no drift bound."
        yield _found("slo.none", State.PASS, said, key, subject, file)


def throttled(subject: Subject, held: Throttled, file: str) -> Iterator[Found]:
    """The finding about an input whose throttle holds the job back; nothing where it may read freely."""
    if held.denied and held.unknown:
        said = f"Whether {subject.label} may be read is not known: {held.why}"
        todo = "Run again once it has been measured; the consumer's class fails closed."
        yield _found("slo.throttle-unknown", State.UNKNOWN, said, held.key, subject, file, BOUND, todo)
    elif held.denied:
        said = f"The throttle denies the job {subject.label}: {held.why}"
        todo = "See the asset's throttle page; deploy once it is allowed again."
        yield _found("slo.throttled", State.FAIL, said, held.key, subject, file, BOUND, todo)
    elif held.factor < 1:
        said = f"The throttle slows the job's reading of {subject.label} to {held.factor:g} of its rate: {held.why}"
        yield _found("slo.throttled", State.PASS, said, held.key, subject, file)


def outputs(subject: Subject, budgets: Sequence[Spent], file: str) -> Iterator[Found]:
    """The findings about the budgets of one output."""
    for budget in budgets:
        if budget.left > 0:
            said = f"{budget.name}: {budget.left:.0f} % of the error budget is left."
            yield _found("slo.budget", State.PASS, said, budget.key, subject, file)
        elif not budget.freezes:
            said = f"{budget.name}: the error budget is spent; its owner has set that deploys go on all the same."
            yield _found("slo.budget", State.PASS, said, budget.key, subject, file)
        else:
            spent = f"the error budget of {budget.days} days is spent"
            said = f"{budget.name}: {spent}, which freezes deploys of what writes it."
            todo = "Mend what breaks it first; a deploy that mends it needs a waiver."
            yield _found("slo.budget-spent", State.FAIL, said, budget.key, subject, file, FROZEN, todo)


def _level(level: Level, subject: Subject, file: str) -> Found:
    said = f"{level.name}: {level.word.lower()}{level.value and f', {level.value}'}."
    if level.bad:
        todo = "See its page; deploy once it is met again."
        return _found("slo.out-of-bounds", State.FAIL, said, level.key, subject, file, BOUND, todo)
    if not level.known:
        todo = "Run again once it has been measured."
        return _found("slo.not-measured", State.UNKNOWN, said, level.key, subject, file, OWNER, todo)
    return _found("slo.in-bounds", State.PASS, said, level.key, subject, file)


def _found(
    rule: str, state: State, said: str, path: str, subject: Subject, file: str, who: str = "", todo: str = ""
) -> Found:
    return Found(rule, state, said, path, file, subject.line, who, todo, subject.contract)
