"""Gate 3, the job's hops: what it writes in a declared tier-1 flow was proved within seven days.

A hop that another job proved last is that job's concern. What only a token outside its namespaces told, and what is
only declared, proves nothing; while events wait for the graph nothing is called missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.gates.domain.lineage import DAYS, WHO
from portal.gates.domain.question import Question
from portal.gates.domain.verdict import Found, State


@dataclass(frozen=True, slots=True)
class HopFact:
    """One hop by the keys of its assets; without a start it is a tier-1 product that no flow leads to.

    `seen` is its last proof, `by_other` the job that gave it where that is not the one asked about; `told` says that
    the events of this CI run prove it.
    """

    start: str
    end: str
    flows: tuple[str, ...]
    covered: bool
    seen: datetime | None = None
    told: bool = False
    by_other: str = ""
    owner: str = ""


def judged(question: Question, hops: Iterable[HopFact], *, waiting: int) -> Iterator[Found]:
    """One finding a hop."""
    for hop in hops:
        yield _judged(question, hop, waiting) if hop.start else _without_flow(question, hop)


def _judged(question: Question, hop: HopFact, waiting: int) -> Found:
    way = f"{hop.start} to {hop.end}, a hop of the tier-1 flow {hop.flows[0]},"
    if hop.covered:
        return _found(question, hop, "coverage.hop", State.PASS, f"{way} was proved within {DAYS} days.")
    if hop.told:
        return _found(question, hop, "coverage.events", State.PASS, f"{way} is proved by the events of this CI run.")
    if hop.by_other:
        said = f"{way} is not covered; {hop.by_other} proved it last, so it is not this job's concern."
        return _found(question, hop, "coverage.other-job", State.PASS, said)
    if waiting:
        said = f"{way} is not covered as far as the graph has come; {waiting} events wait."
        who, todo = "nobody: it settles itself", "Run again in a minute."
        return _found(question, hop, "coverage.waiting", State.UNKNOWN, said, who, todo)
    last = f"was proved last on {hop.seen:%Y-%m-%d}" if hop.seen else "was never proved by a completed run"
    todo = (
        "Run the job so that its events name both, or give the events of this CI run with --events FILE; where the "
        "flow is wrong, its owner changes it."
    )
    return _found(question, hop, "coverage.missing", State.FAIL, f"{way} {last}.", WHO, todo)


def _without_flow(question: Question, hop: HopFact) -> Found:
    said = f"{hop.end} is a tier-1 product, and nobody has declared the flow that leads to it."
    who = f"an owner of {hop.owner or 'its team'}; or the head of data, for 14 days at most"
    return _found(question, hop, "coverage.no-flow", State.FAIL, said, who, "Declare it under Lineage, Flows.")


def _found(
    question: Question, hop: HopFact, rule: str, state: State, said: str, who: str = "", todo: str = ""
) -> Found:
    return Found(rule, state, said, hop.end, question.file, 1, who, todo)
