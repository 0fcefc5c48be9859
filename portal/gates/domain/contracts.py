"""Gate 1, no contract, no prod: what is written is under an active, fully signed contract of exactly this file's hash.

Pure: the facts come in, findings go out. A deprecated version may still be read, but no longer written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from portal.gates.domain.question import Subject
from portal.gates.domain.verdict import Found, State

OWNER = "an owner of the asset's team"
HEAD = "the head of data, for 7 days at most"
DEPLOYER = "whoever writes custody.yaml"


@dataclass(frozen=True, slots=True)
class UnderContract:
    """What the portal knows of one thing that is written or read.

    `state` is that of the version that counts: active, deprecated, or how far the newest one has come ("" for no
    contract at all); `key` is the asset's, or the contract's name while no asset is known; `missing` the roles whose
    signature is not there.
    """

    key: str
    contract: str = ""
    state: str = ""
    number: str = ""
    digest: str = ""
    missing: tuple[str, ...] = ()
    owner: str = ""
    waits: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """An output of the job that lineage saw lately: its name, and the key of the asset that claims it, if any."""

    name: str
    key: str
    at: str


def written(subject: Subject, known: UnderContract) -> Found:
    """The finding about one output."""
    found = _in_force(subject, known) or _same(subject, known)
    if found is not None:
        return found
    said = f"{known.contract} {known.number} is in force, fully signed, and the file has its hash."
    return _found("contract.signed", State.PASS, said, subject, known)


def read(subject: Subject, known: UnderContract) -> Found:
    """The finding about one input: the version that is read must still be in force."""
    if known.state == "deprecated" and subject.version == known.number:
        said = f"{known.contract} {known.number} is deprecated; it may be read until {known.until}."
        return _found("contract.read", State.PASS, said, subject, known)
    found = _in_force(subject, known)
    if found is None and subject.version not in ("", known.number):
        said = f"{known.contract} {subject.version} is not in force any more; {known.number} is."
        todo = f"Read {known.number} and say `version: {known.number}`."
        found = _found("contract.read-version", State.FAIL, said, subject, known, DEPLOYER, todo)
    if found is None:
        return _found("contract.read", State.PASS, f"{known.contract} {known.number} is in force.", subject, known)
    if found.rule != "contract.none":
        return found
    if not subject.contract:
        said = f"{known.key} has no contract; the gate asks for one of what is written only."
        return _found("contract.read", State.PASS, said, subject, known)
    todo = "Correct the name, or wait until its producer has had it signed."
    return replace(found, rule="contract.read-none", who=DEPLOYER, todo=todo)


def left_out(seen: Sequence[Seen], covered: Iterable[str], file: str) -> Iterator[Found]:
    """Outputs that lineage saw within seven days and that custody.yaml does not name."""
    keys = set(covered)
    for output in seen:
        if output.key not in keys and output.name not in keys:
            said = f"Lineage saw this job write {output.name} on {output.at}; {file} leaves it out."
            todo = f"Add it to `writes` of {file}; if the job no longer writes it, a waiver bridges seven days."
            key = output.key or output.name
            yield Found("contract.left-out", State.FAIL, said, key, file, 1, f"{DEPLOYER}; or {HEAD}", todo)


def _in_force(subject: Subject, known: UnderContract) -> Found | None:
    if not known.contract:
        named = f" No contract is named {subject.contract}." if subject.contract else ""
        said = f"{known.key} has no contract.{named}"
        todo = "Write one and propose it: custody push FILE."
        return _found("contract.none", State.FAIL, said, subject, known, f"{_owner(known)}; or {HEAD}", todo)
    if known.state not in ("active", "deprecated"):
        said = (
            f"No version of {known.contract} is in force: {known.number or 'the draft'} is {known.state}. {known.waits}"
        )
        todo = "Have it signed, then run again."
        return _found("contract.none", State.FAIL, said, subject, known, f"{_owner(known)}; or {HEAD}", todo)
    if known.missing:
        said = f"{known.contract} {known.number} lacks the signature of {' and '.join(known.missing)}."
        return _found(
            "contract.unsigned", State.FAIL, said, subject, known, " and ".join(known.missing), "Have it signed."
        )
    return None


def _same(subject: Subject, known: UnderContract) -> Found | None:
    """Whether version, file and hash are those that were signed."""
    if known.state == "deprecated" or subject.version not in ("", known.number):
        said = f"custody.yaml says {subject.label}; in force is {known.number}."
        todo = f"Deploy {known.number}, or have {subject.version or 'your version'} signed: custody push {subject.file}"
        return _found("contract.version", State.FAIL, said, subject, known, _owner(known), todo)
    if not subject.contract:
        said = f"{known.key} is under the contract {known.contract}; custody.yaml does not name it."
        todo = f"Say `contract: {known.contract}`, `version: {known.number}` and its `file`."
        return _found("contract.unnamed", State.FAIL, said, subject, known, DEPLOYER, todo)
    if not subject.digest:
        said = f"custody.yaml names no file for {known.contract}, so it cannot be told whether it is the signed one."
        todo = f"Add `file:`; custody pull {known.contract} writes it."
        return _found("contract.no-file", State.FAIL, said, subject, known, DEPLOYER, todo)
    if subject.digest != known.digest:
        said = f"{subject.file} has the hash {subject.digest[:19]}…, signed is {known.digest[:19]}… ({known.number})."
        todo = f"custody pull {known.contract}, or propose the file: custody push {subject.file}"
        return _found("contract.hash", State.FAIL, said, subject, known, _owner(known), todo)
    return None


def _owner(known: UnderContract) -> str:
    return f"an owner of {known.owner}" if known.owner else OWNER


def _found(
    rule: str, state: State, said: str, subject: Subject, known: UnderContract, who: str = "", todo: str = ""
) -> Found:
    return Found(
        rule, state, said.strip(), known.key, subject.file, subject.line, who, todo, known.contract, known.number
    )
