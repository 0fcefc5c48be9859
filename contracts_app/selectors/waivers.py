"""Which waivers count, for a version's change report and for the gate, and what the waiver pages list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from contracts_app.domain.waivers import waivable
from contracts_app.models import Version, Waiver
from portal.core.clock.services import now
from portal.core.identity.policies import Act, may, require

SOON = timedelta(days=3)
_RELATED = ("contract", "version", "asset", "asked_by", "signer", "signature")


def waivers_for(version: Version) -> list[Waiver]:
    """The waivers in force for this version's change report: signed, not revoked, not expired."""
    return list(_in_force(now()).filter(contract=version.contract_id).filter(Q(version=None) | Q(version=version)))


def waived(version: Version, kind: str, path: str) -> Waiver | None:
    """The waiver of one row of the version's change report; rows without W, and rows with PO, have none, ever."""
    if waivable(kind).longest is None:
        return None
    return next((one for one in waivers_for(version) if (one.rule, one.path) == (kind, path)), None)


def waiver_of_finding(rule: str, path: str, job: str) -> Waiver | None:
    """The waiver in force of one finding of the gate, for this job or for every job."""
    if waivable(rule).longest is None:
        return None
    return _in_force(now()).filter(rule=rule, path=path, job__in=("", job)).order_by("expires_at").last()


def first_waived(rule: str, path: str) -> datetime | None:
    """When this was first waived by a signature, revoked or not; None where it never was."""
    signed = Waiver.objects.filter(rule=rule, path=path).exclude(signed_at=None).order_by("signed_at").first()
    return signed.signed_at if signed else None


def waivers_like(user: Any, *, state: str = "", text: str = "", job: str = "") -> QuerySet[Waiver]:
    """Waivers by state (`asked`, `force`, `ended`), by words in rule, path or contract, and by job."""
    require(user, Act.READ)
    found = Waiver.objects.select_related(*_RELATED)
    if text:
        found = found.filter(Q(rule__icontains=text) | Q(path__icontains=text) | Q(contract__name__icontains=text))
    if job:
        found = found.filter(job=job)
    at = now()
    over = Q(revoked_at__isnull=False) | Q(expires_at__lte=at)
    return {
        "asked": found.filter(signed_at=None).exclude(over),
        "force": found.exclude(signed_at=None).exclude(over),
        "ended": found.filter(over),
    }.get(state, found)


def waiver_for(user: Any, pk: int) -> Waiver:
    """The waiver; raises Http404 or PermissionDenied."""
    require(user, Act.READ)
    found = Waiver.objects.select_related(*_RELATED, "revoked_by").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such waiver.")
    return found


def to_sign_waivers(user: Any) -> Iterable[Waiver]:
    """Waivers that wait for this person's signature."""
    return waivers_like(user, state="asked") if may(user, Act.WAIVE_GATE) else ()


def waivers_ending(user: Any) -> list[Waiver]:
    """Waivers that end within three days and are about something that this person's teams own, or that they signed."""
    teams = {team for _, team in user.grants() if team is not None}
    ending = _in_force(now()).filter(expires_at__lte=now() + SOON)
    mine = Q(contract__owner_team__in=teams) | Q(asset__owner_team__in=teams) | Q(signer=user)
    return list(ending.filter(mine).select_related(None).only("rule", "expires_at"))


def _in_force(at: datetime) -> QuerySet[Waiver]:
    found = Waiver.objects.select_related("signer", "contract", "signature")
    return found.filter(signed_at__isnull=False, revoked_at=None, expires_at__gt=at)
