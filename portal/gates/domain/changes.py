"""Gate 2, schema change: the file's version is large enough against every version in force, its conditions are met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from contracts_app.domain.compare import Verdict
from contracts_app.domain.conditions import Condition
from contracts_app.domain.document import Loaded
from portal.gates.domain.question import Subject
from portal.gates.domain.verdict import Found, State

AUTHOR = "whoever writes the file"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The version of the portal that has the file's hash, if any: its state and what stands between it and force."""

    number: str
    state: str
    conditions: Sequence[Condition] = ()


@dataclass(frozen=True, slots=True)
class InUse:
    """A waiver of one row of the version's change report: its number and what it let through."""

    number: int
    rule: str
    path: str


def let_through(subject: Subject, waivers: Iterable[InUse]) -> Iterator[Found]:
    """One finding for each waiver that the version relies on: it shows in every verdict until it ends."""
    for one in waivers:
        said = f"The change {one.rule} at {one.path} was let through by a waiver."
        yield Found("schema.waived", State.WAIVED, said, one.path, subject.file, 1, contract=subject.contract,
                    version=subject.version, waiver=one.number)  # fmt: skip


def unchanged(subject: Subject, key: str) -> Found:
    """The file is the signed one: nothing changes."""
    said = f"{subject.contract} is the version in force: nothing changes."
    return _found("schema.same", State.PASS, said, subject, key)


def judged(
    subject: Subject, key: str, loaded: Loaded, verdict: Verdict | None, proposal: Proposal | None
) -> Iterator[Found]:
    """The findings about one changed file; `verdict` is None for a first version."""
    if not loaded.ok:
        yield from _errors(subject, key, loaded)
        return
    if verdict is not None:
        yield from _bump(subject, key, loaded, verdict)
    yield from _conditions(subject, key, proposal)


def _errors(subject: Subject, key: str, loaded: Loaded) -> Iterator[Found]:
    for found in loaded.findings:
        if found.is_error:
            yield Found(
                f"lint.{found.code}", State.FAIL, found.message, key, subject.file, found.line, AUTHOR,
                found.fix.label if found.fix else "", subject.contract, subject.version,
            )  # fmt: skip


def _bump(subject: Subject, key: str, loaded: Loaded, verdict: Verdict) -> Iterator[Found]:
    line = _line(loaded)
    for refusal in verdict.refusals:
        todo = f"Set `version: {verdict.needed_version}`, or take back what breaks."
        yield Found("schema.bump", State.FAIL, refusal, key, subject.file, line, AUTHOR, todo, subject.contract)
    if verdict.ok:
        said = f"The change is {verdict.required_bump}, the version declares {verdict.declared_bump}."
        yield Found("schema.bump", State.PASS, said, key, subject.file, line, contract=subject.contract)


def _conditions(subject: Subject, key: str, proposal: Proposal | None) -> Iterable[Found]:
    if proposal is None:
        said = f"Nobody has proposed this file: {subject.label} is not known by its hash."
        todo = f"custody push {subject.file}"
        return [_found("schema.not-proposed", State.FAIL, said, subject, key, AUTHOR, todo)]
    if proposal.state in ("withdrawn", "retired", "draft"):
        said = f"{subject.contract} {proposal.number} is {proposal.state}; it will not come into force as it is."
        return [_found("schema.not-proposed", State.FAIL, said, subject, key, AUTHOR, f"custody push {subject.file}")]
    unmet = [one for one in proposal.conditions if not one.met]
    found = [
        _found("schema.condition", State.FAIL, f"{one.title}: {one.text}", subject, key, one.who, _when(one))
        for one in unmet
    ]
    if found:
        return found
    return [_found("schema.condition", State.PASS, "Every condition of the version is met.", subject, key)]


def _when(condition: Condition) -> str:
    if condition.until is not None:
        return f"Run again after {condition.until:%Y-%m-%d %H:%M} UTC."
    return "Settle it on the contract's page, then run again."


def _line(loaded: Loaded) -> int:
    spot = loaded.document.spots.get("version") if loaded.document else None
    return spot.line if spot else 1


def _found(rule: str, state: State, said: str, subject: Subject, key: str, who: str = "", todo: str = "") -> Found:
    return Found(rule, state, said, key, subject.file, 1, who, todo, subject.contract, subject.version)
