"""The dates that versions set, of one contract or of all that somebody has to do with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q

from contracts_app.domain.deadlines import DEPRECATION, NOTICE, REMOVAL, Deadline
from contracts_app.domain.lifecycle import State
from contracts_app.models import Contract, Version
from portal.core.clock.services import now

SOON = timedelta(days=30)
_DATED = (
    Q(state=State.SCHEDULED)
    | Q(state=State.DEPRECATED, deprecated_until__isnull=False)
    | Q(state=State.ACTIVE, report__has_key="deprecations")
    | Q(state=State.ACTIVE, ends_at__isnull=False)
)

_TOLD = (
    "number", "state", "report", "contract__name", "activated_at", "signed_at", "notice_ends_at", "deprecated_at",
    "deprecated_until", "ends_at", "ending_asked_at",
)  # fmt: skip


def deadlines_of(version: Version) -> list[Deadline]:
    """Every date of this version, soonest first."""
    return sorted(_deadlines(version), key=lambda one: one.when)


def deadlines_of_contract(contract: Contract) -> list[tuple[Version, Deadline]]:
    """Every date of every version of the contract that is not over, soonest first."""
    versions = contract.versions.filter(_DATED | Q(state=State.PROPOSED))
    found = [(version, one) for version in versions for one in deadlines_of(version)]
    return sorted(found, key=lambda each: each[1].when)


def dated_versions() -> list[Version]:
    """Every version that sets a date, with its contract."""
    return list(Version.objects.filter(_DATED).select_related("contract__owner_team"))


def due_soon(user: Any) -> list[tuple[Version, Deadline]]:
    """Dates of the next thirty days in contracts that this person's teams own or consume."""
    teams = {team for _, team in user.grants() if team is not None}
    if not teams:
        return []
    theirs = Contract.objects.filter(Q(owner_team__in=teams) | Q(consumer_teams__in=teams))
    versions = Version.objects.filter(_DATED, contract__in=theirs.order_by().values("pk")).select_related("contract")
    versions = versions.only(*_TOLD)
    at = now()
    found = [(version, one) for version in versions for one in deadlines_of(version)]
    return sorted((each for each in found if at <= each[1].when <= at + SOON), key=lambda each: each[1].when)


def _deadlines(version: Version) -> Iterator[Deadline]:
    if version.state == State.SCHEDULED and version.notice_ends_at:
        yield Deadline(NOTICE, version.notice_ends_at, "Notice ends", set_at=version.signed_at)
    if version.state == State.DEPRECATED and version.deprecated_until:
        text = "Deprecation ends, the version is retired"
        yield Deadline(DEPRECATION, version.deprecated_until, text, set_at=version.deprecated_at)
    if version.state == State.ACTIVE and version.ends_at:
        yield Deadline(DEPRECATION, version.ends_at, "Retired without a successor", set_at=version.ending_asked_at)
    for removal in version.report.get("removals", ()) if version.state in (State.PROPOSED, State.SCHEDULED) else ():
        field = removal["path"].removeprefix("schema.")
        yield Deadline(REMOVAL, datetime.fromisoformat(removal["due"]), f"{field} may go", field)
    for each in version.report.get("deprecations", ()) if version.state == State.ACTIVE else ():
        when = datetime.fromisoformat(each["date"]).replace(tzinfo=UTC)
        yield Deadline(REMOVAL, when, f"Removal date of {each['field']}", each["field"], version.activated_at)
