"""The verdict over versions of a contract: what changed, which bump that needs, and whether the version shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from contracts_app.domain.changes import BUMPS, Change, change, worst
from contracts_app.domain.differences import differences
from contracts_app.domain.differences.values import same
from contracts_app.domain.document import Loaded
from contracts_app.domain.model import Document
from contracts_app.domain.versions import allowed_bump, declared_bump, needed_version, version_key


class _Verdict:
    """What a comparison with one version and with several have in common."""

    changes: list[Change]

    @property
    def gates(self) -> set[str]:
        """Every gate that any change asks for."""
        return {gate for one in self.changes for gate in one.gates}

    @property
    def requires(self) -> set[str]:
        """Every proof that any change asks for, as the words of `changes.NEEDS`."""
        return {need for one in self.changes for need in one.requires}

    def as_dict(self) -> dict[str, Any]:
        """The shape that `custody diff --format json` prints."""
        keys = ("required_bump", "declared_bump", "ok", "needed_version", "refusal")
        return {**{key: getattr(self, key) for key in keys}, "changes": [one.as_dict() for one in self.changes]}


@dataclass(frozen=True, slots=True)
class Comparison(_Verdict):
    """The verdict over two versions; `refusal` is the sentence that says why it is not ok."""

    required_bump: str
    declared_bump: str
    ok: bool
    changes: list[Change]
    needed_version: str
    refusal: str = ""
    old_version: str = ""


@dataclass(frozen=True, slots=True)
class Verdict(_Verdict):
    """The verdict over a new version and every version in force; the worst counts."""

    comparisons: list[Comparison]
    changes: list[Change]

    @property
    def ok(self) -> bool:
        """Whether the version is large enough against every version in force."""
        return all(one.ok for one in self.comparisons)

    @property
    def required_bump(self) -> str:
        """The worst bump of all comparisons."""
        return max((one.required_bump for one in self.comparisons), key=BUMPS.index, default="none")

    @property
    def declared_bump(self) -> str:
        """What the version declares against the first, which is the active one."""
        return self.comparisons[0].declared_bump if self.comparisons else "none"

    @property
    def needed_version(self) -> str:
        """The smallest version that all comparisons allow."""
        return max((one.needed_version for one in self.comparisons), key=version_key, default="")

    @property
    def refusals(self) -> list[str]:
        """Every sentence that stands against the version."""
        return [one.refusal for one in self.comparisons if one.refusal]

    @property
    def refusal(self) -> str:
        """The sentences together."""
        return " ".join(self.refusals)


def compare_loaded(old: Loaded, new: Loaded, *, draft: bool = False) -> Comparison:
    """Compare two readable documents; raises ValueError where one cannot be read or has no semantic version.

    Equal hashes are equal promises; another hash without a change that the table knows is a change of text.
    """
    if old.document is None or new.document is None:
        raise ValueError("Only two documents that can be read can be compared.")
    if old.digest is not None and old.digest == new.digest:
        return _verdict(old.document, new.document, [], draft=draft)
    changes = list(differences(old.document, new.document))
    if not changes and not same(_unnumbered(old), _unnumbered(new)):
        changes = [change("", "text.changed", "Written otherwise: the same promises under another hash.", 1)]
    return _verdict(old.document, new.document, changes, draft=draft)


def compare(old: Document, new: Document, *, draft: bool = False) -> Comparison:
    """What `new` promises otherwise than `old`; raises ValueError where a version is no semantic version."""
    return _verdict(old, new, list(differences(old, new)), draft=draft)


def compare_all(
    new: Loaded, *, active: Loaded | None, deprecated: Sequence[Loaded] = (), draft: bool = False
) -> Verdict:
    """Compare with every version in force; raises ValueError as `compare_loaded` does.

    Each comparison counts for the version number. A change against a deprecated version that the active one has made
    before had its notice and its signatures then: its gates are not asked for again.
    """
    current = [compare_loaded(active, new, draft=draft)] if active else []
    others = [compare_loaded(old, new, draft=draft) for old in deprecated]
    settled = [compare_loaded(old, active).changes if active else [] for old in deprecated]
    changes = [one for comparison in current for one in comparison.changes]
    for comparison, known in zip(others, settled, strict=True):
        changes += _without(comparison.changes, known)
    return Verdict([*current, *others], _once(changes))


def _unnumbered(loaded: Loaded) -> dict[str, Any]:
    """What was authored, but for the version number."""
    return {key: value for key, value in loaded.source.data.items() if key != "version"}


def _verdict(old: Document, new: Document, changes: list[Change], *, draft: bool) -> Comparison:
    required, declared = worst(changes), declared_bump(old.version, new.version)
    shown = allowed_bump(old.version, required, draft=draft)
    needed = needed_version(old.version, shown)
    refusal = _refusal(old.version, new.version, declared, needed, changes)
    if not refusal and BUMPS.index(declared) < BUMPS.index(shown):
        refusal = f"Against {old.version} this is a {required} change, but the version is {new.version};"
        refusal += f" it must be at least {needed}."
    return Comparison(required, declared, not refusal, changes, needed, refusal, old.version)


def _refusal(old: str, new: str, declared: str, needed: str, changes: list[Change]) -> str:
    """What no larger version would mend, and a number that cannot stand at all."""
    if declared == "lower":
        return f"Version {new} is lower than {old}; it must be at least {needed}."
    if declared == "none" and changes:
        return f"Version {old} exists with another content; a changed contract must be at least {needed}."
    emptied = ", ".join(f"`{one.path}`" for one in changes if one.kind == "people.emptied")
    return f"{emptied} cannot be taken away; name somebody else." if emptied else ""


def _without(changes: Iterable[Change], settled: Iterable[Change]) -> list[Change]:
    known = {(one.path, one.kind, one.new) for one in settled}
    return [one for one in changes if (one.path, one.kind, one.new) not in known]


def _once(changes: Iterable[Change]) -> list[Change]:
    """Each change once, though several versions see it."""
    return list({(one.path, one.kind, one.old, one.new): one for one in changes}.values())
