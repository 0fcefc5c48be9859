"""What stands against proposing a draft, and what its proposal would need: the same for the check page and the act."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from contracts_app import selectors
from contracts_app.domain.answers import Named, consumers_named
from contracts_app.domain.compare import Comparison, Verdict, compare_all
from contracts_app.domain.lifecycle import SigningRole, State, roles_needed
from contracts_app.domain.versions import version_key
from contracts_app.models import NUMBERED, Version
from contracts_app.selectors.parties import Party


def check_proposal(version: Version) -> ProposalCheck:
    """What would be said to a proposal of this draft now."""
    return ProposalCheck(version)


class ProposalCheck:
    """The reasons against, else the comparisons, the signing roles and the dates that the proposal would fix."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.verdict: Verdict | None = None
        self.removals: dict[str, datetime] = {}
        self.reasons = self._lint()
        if not self.reasons:
            self.reasons = [*self._asset(), *self._names(), *self._owner(), *self._changes(), *self._number()]

    def _lint(self) -> list[str]:
        loaded = self.version.loaded
        if loaded.document is None and not bytes(self.version.authored).strip():
            return ["The draft is empty: write what the asset promises before you propose it."]
        return [
            f"Line {found.line}, column {found.column}: {found.message}" for found in loaded.findings if found.is_error
        ]

    def _names(self) -> list[str]:
        """At tier 1 every string that names a team or an asset must name a real one."""
        if self.tier != 1:
            return []
        return [found.message for found in selectors.unresolved(self.version.document)]

    def _asset(self) -> list[str]:
        """A contract stays with its asset: another one is another contract."""
        known, ref = self.version.contract.asset, self.version.document.asset
        if known is None or ref.derived or (ref.namespace, ref.name) == (known.namespace, known.name):
            return []
        return [f"This contract is about {known.key}; for {ref.namespace}/{ref.name} write a contract of its own."]

    def _owner(self) -> list[str]:
        """Gate S: a new owner has to sign, so it must be a team that the portal knows."""
        owner, active = self.version.document.owner, self._active
        if active is None or not owner or owner == active.document.owner or selectors.resolves_to_team(owner):
            return []
        return [f"The new owner `{owner}` names no team, so nobody could sign for it; add it as a team's address."]

    def _changes(self) -> list[str]:
        if not self.in_force:
            return []
        deprecated = [old.loaded for old in self.in_force if old is not self._active]
        active = self._active.loaded if self._active else None
        self.verdict = compare_all(self.version.loaded, active=active, deprecated=deprecated)
        gone = [one.path for one in self.verdict.changes if "D" in one.gates]
        return [*self._same(), *self._too_small(), *(said for path in gone if (said := self._removed(path)))]

    def _same(self) -> list[str]:
        """The same promises under another number are no new version."""
        active = self._active
        if active is None or _promises(active) != _promises(self.version):
            return []
        return [f"This draft promises exactly what {active.number} does, which is in force. Change something first."]

    def _too_small(self) -> list[str]:
        """A version is large enough against every version in force, or it is refused with the number it needs."""
        return list(self.verdict.refusals) if self.verdict else []

    def _removed(self, path: str) -> str | None:
        """Gate D: a field may only go once the version in force has deprecated it."""
        due = selectors.removal_of(self.in_force[0], path)
        if due is None:
            return f"`{path}` cannot be removed yet: first deprecate it with a `removal_date`, and wait for that date."
        self.removals[path] = due
        return None

    def _number(self) -> list[str]:
        """A number is given once, and numbers only rise."""
        taken = self.version.contract.versions.filter(state__in=NUMBERED)
        taken = taken.exclude(state__in=[State.PROPOSED, State.SCHEDULED])
        highest = max(taken.values_list("number", flat=True), key=version_key, default=None)
        mine = self.version.number
        if highest is None or version_key(mine) > version_key(highest):
            return []
        if taken.filter(number=mine).exists():
            return [f"Version {mine} exists already; a version number is given once."]
        return [f"Version {mine} is below {highest}, which this contract has had; versions only go forward."]

    @cached_property
    def in_force(self) -> list[Version]:
        """The versions that it is compared with: every active or deprecated one, the active one first."""
        return selectors.in_force_before(self.version)

    @property
    def _active(self) -> Version | None:
        return next((old for old in self.in_force if old.state == State.ACTIVE), None)

    @cached_property
    def tier(self) -> int | None:
        """The tier that the document or the catalog says."""
        return selectors.tier_of(self.version)

    @property
    def comparisons(self) -> list[Comparison]:
        """What it changes in each version in force, the active one first."""
        return self.verdict.comparisons if self.verdict else []

    @property
    def worst(self) -> Comparison | None:
        """The comparison with the active version, or the only one there is."""
        return self.comparisons[0] if self.comparisons else None

    @cached_property
    def replaces(self) -> Version | None:
        """The open proposal that this one would put an end to."""
        open_ones = self.version.contract.versions.filter(state__in=[State.PROPOSED, State.SCHEDULED])
        return open_ones.exclude(pk=self.version.pk).first()

    @property
    def signatures_voided(self) -> int:
        """How many signatures would be void with it."""
        return len(self.replaces.signed()) if self.replaces else 0

    @property
    def gates(self) -> set[str]:
        """Every gate asked for; not again what the active version went through against a deprecated one."""
        return set(self.verdict.gates) if self.verdict else set()

    @cached_property
    def parties(self) -> dict[SigningRole, Party]:
        """The teams whose owners sign: the present owner's and, where it changes, the new one's."""
        return selectors.parties_of(self.version)

    @property
    def roles(self) -> list[str]:
        """Who will have to sign."""
        needed = roles_needed(
            self.version.document,
            tier=self.tier,
            first=not self.in_force,
            gates=self.gates,
            owner_changes=SigningRole.NEW_OWNER in self.parties,
        )
        return [role.value for role in needed]

    @property
    def report(self) -> dict[str, Any]:
        """What the proposal keeps of it: the comparison, every gate, and when removed fields may go."""
        found: dict[str, Any] = {"consumers": [{"team": one.text, "purpose": one.purpose} for one in self._consumers]}
        if deprecations := selectors.deprecations_in(self.version.document):
            found["deprecations"] = deprecations
        if self.worst is None:
            return found
        removals = [{"path": path, "due": due.isoformat()} for path, due in sorted(self.removals.items())]
        changes = [one.as_dict() for one in self.verdict.changes] if self.verdict else []
        asked = {"changes": changes, "gates": sorted(self.gates), "removals": removals}
        return {**self.worst.as_dict(), **found, **asked}

    @property
    def _consumers(self) -> tuple[Named, ...]:
        """Who is asked: the consumers that the draft names and those of the version in force."""
        documents = [self.version.document] + ([self._active.document] if self._active else [])
        return consumers_named(*(selectors.named_in(document) for document in documents))


def _promises(version: Version) -> dict[str, Any]:
    """The authored keys but the version's own number."""
    return {key: value for key, value in (version.data or {}).items() if key != "version"}
