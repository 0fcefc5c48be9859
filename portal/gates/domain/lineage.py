"""Gate 3, lineage required: a COMPLETE with inputs, outputs, git revision and image within seven days.

A new job passes with the events of this CI run, if they come from the same commit: `--events FILE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from portal.gates.domain.question import Question
from portal.gates.domain.verdict import Found, State

DAYS = 7
WHO = "whoever writes the pipeline; or the head of data, for 14 days at most"


class Run(Protocol):
    """A completed run, as lineage tells it."""

    @property
    def sha(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def inputs(self) -> Sequence[str]: ...
    @property
    def outputs(self) -> Sequence[str]: ...


def judged(
    question: Question, runs: Sequence[Run], told: Sequence[Run], *, known: bool, waiting: int
) -> Iterator[Found]:
    """The finding about the job: `runs` are those that the portal has, `told` those of this CI run's own events.

    `waiting` counts events that are kept and not yet in the graph: as long as some wait, nothing is called missing.
    """
    whole = [run for run in runs if not lacks(run)]
    if whole:
        yield _found(
            question, "lineage.seen", State.PASS, "A complete run with commit and image was seen within 7 days."
        )
        return
    if question.events:
        yield _of_events(question, told)
        return
    if waiting:
        said = f"{waiting} events are kept and not yet in the graph."
        yield _found(
            question, "lineage.waiting", State.UNKNOWN, said, "nobody: it settles itself", "Run again in a minute."
        )
    elif runs:
        said = f"The job completed within {DAYS} days, but its events name no {_and(lacks(runs[0]))}."
        yield _found(
            question, "lineage.incomplete", State.FAIL, said, WHO, "Emit them (docs/producer.md), then run again."
        )
    else:
        since = f"completed within {DAYS} days" if known else "is known to lineage"
        said = f"No run of {question.job} {since}."
        todo = "Emit OpenLineage from the pipeline; a new job passes with --events FILE, emitted by this CI run."
        yield _found(question, "lineage.missing", State.FAIL, said, WHO, todo)


def lacks(run: Run) -> list[str]:
    """What a run does not tell, in words."""
    told = (("inputs", run.inputs), ("outputs", run.outputs), ("git revision", run.sha), ("image", run.image))
    return [word for word, value in told if not value]


def _of_events(question: Question, told: Sequence[Run]) -> Found:
    """The events of this CI run: complete, and from the commit that is deployed."""
    if not told:
        said = f"The events tell of no completed run of {question.job}."
        return _found(question, "lineage.missing", State.FAIL, said, WHO, "Run the job once in CI and keep its events.")
    same = [run for run in told if question.commit and run.sha == question.commit]
    if not same:
        said = (
            f"The events come from {told[0].sha[:12] or 'no revision'}, deployed is {question.commit[:12] or 'none'}."
        )
        return _found(question, "lineage.other-commit", State.FAIL, said, WHO, "Emit them from this commit.")
    missing = min((lacks(run) for run in same), key=len)
    if missing:
        said = f"The events of this commit name no {_and(missing)}."
        return _found(question, "lineage.incomplete", State.FAIL, said, WHO, "Emit them, then run again.")
    said = "The events of this CI run are complete and come from the same commit."
    return _found(question, "lineage.events", State.PASS, said)


def _and(words: Sequence[str]) -> str:
    return " and no ".join(words)


def _found(question: Question, rule: str, state: State, said: str, who: str = "", todo: str = "") -> Found:
    return Found(rule, state, said, question.job, question.file, 1, who, todo)
