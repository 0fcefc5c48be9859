"""What a text changes in the versions in force, and which number that needs."""

from __future__ import annotations

from dataclasses import dataclass

from contracts_app.domain.compare import Comparison, compare_loaded
from contracts_app.domain.document import Loaded
from contracts_app.domain.lifecycle import IN_FORCE, State
from contracts_app.domain.versions import version_key
from contracts_app.models import Contract, Version


@dataclass(frozen=True, slots=True)
class Compared:
    """The verdict over one version in force and a text."""

    old: Version
    verdict: Comparison


def versions_of_force(contract: Contract) -> list[Version]:
    """The contract's active version first, then its deprecated ones, newest first."""
    found = contract.versions.filter(state__in=IN_FORCE)
    return sorted(found, key=lambda version: (version.state != State.ACTIVE, -version.pk))


def compared_with_force(contract: Contract, loaded: Loaded) -> list[Compared]:
    """The text against every version in force; nothing where one of the two cannot be read or has no number."""
    out = []
    for old in versions_of_force(contract):
        try:
            out.append(Compared(old, compare_loaded(old.loaded, loaded)))
        except ValueError:  # a version number that is none: the check has a finding that says so
            continue
    return out


def needed_number(compared: list[Compared]) -> str:
    """The smallest number that is large enough against all of them; empty where nothing is compared."""
    asked = [one.verdict.needed_version for one in compared if one.verdict.changes]
    return max(asked, key=version_key, default="")


def committed_text(version: Version) -> str | None:
    """The text that stands on main while this one is written: the active version's, or None for a new file."""
    active = version.contract.versions.filter(state=State.ACTIVE).exclude(pk=version.pk).first()
    return active.text if active else None
