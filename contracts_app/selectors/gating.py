"""What the gate asks of contracts; no rights are asked, the portal asks for itself."""

from __future__ import annotations

from contracts_app.domain.lifecycle import State, missing
from contracts_app.models import Contract, Version

_OPEN = (State.PROPOSED, State.SCHEDULED)
PAGE = 200


def contract_named(name: str) -> Contract | None:
    """The contract of that name."""
    return Contract.objects.select_related("asset__owner_team", "owner_team").filter(name=name).first()


def in_force_of(contract: Contract) -> tuple[Version | None, list[Version]]:
    """The active version and the deprecated ones."""
    found = list(contract.versions.filter(state__in=(State.ACTIVE, State.DEPRECATED)))
    active = next((version for version in found if version.state == State.ACTIVE), None)
    return active, [version for version in found if version.state == State.DEPRECATED]


def counting_version(contract: Contract, number: str = "") -> Version | None:
    """The deprecated version of that number, else the active one, else the open proposal, else the newest."""
    active, deprecated = in_force_of(contract)
    named = next((version for version in deprecated if version.number == number), None)
    chosen = named or active or contract.versions.filter(state__in=_OPEN).first() or contract.versions.first()
    if chosen is not None:
        chosen.contract = contract
    return chosen


def version_with_digest(contract: Contract, digest: str) -> Version | None:
    """The newest version of exactly this hash that was ever proposed, those that ended last."""
    found = list(contract.versions.exclude(state=State.DRAFT).filter(digest=digest))
    ended = (State.WITHDRAWN, State.RETIRED)
    return min(found, key=lambda version: (version.state in ended, -version.pk), default=None)


def missing_signatures(version: Version) -> list[str]:
    """Roles whose signature the version lacks, in words."""
    return [role.value for role in missing(version.roles_needed, version.signed())]


def active_after(name: str) -> tuple[list[Version], bool]:
    """Up to PAGE versions in force whose contract's name comes after `name`, by name, and whether more follow."""
    found = Version.objects.select_related("contract__asset").filter(state=State.ACTIVE, contract__name__gt=name)
    rows = list(found.order_by("contract__name")[: PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE
