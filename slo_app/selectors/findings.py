"""What was found of the promises about persons' data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.shortcuts import get_object_or_404

from portal.core.identity.policies import Act, require

from ..domain.findings import Outcome
from ..findings.base import kinds
from ..models import Attestation, Finding

if TYPE_CHECKING:
    from portal.core.identity.models import User

WORST = {Outcome.BROKEN: 0, Outcome.UNKNOWN: 1, Outcome.KEPT: 2}


def findings(user: User, *, outcome: str = "", kind: str = "", text: str = "") -> QuerySet[Finding]:
    """Every promise that is looked at, the worst first; the filters are those of the URL."""
    require(user, Act.READ)
    order = Case(*(When(outcome=each.value, then=Value(at)) for each, at in WORST.items()), output_field=IntegerField())
    found = Finding.objects.select_related("asset__owner_team").order_by(order, "asset__name", "kind")
    wanted = {"outcome": outcome, "kind": kind, "asset__name__icontains": text}
    return found.filter(**{name: value for name, value in wanted.items() if value})


def finding_for(user: User, pk: int) -> Finding:
    """One of them, or Http404."""
    require(user, Act.READ)
    return get_object_or_404(Finding.objects.select_related("asset__owner_team"), pk=pk)


def broken() -> QuerySet[Finding]:
    """Those that are open: found broken and not found kept since."""
    return Finding.objects.exclude(broken_since=None).select_related("asset")


def finding_choices() -> dict[str, list[tuple[str, str]]]:
    """What the list can be filtered by."""
    return {
        "outcomes": [(each.value, each.word) for each in WORST],
        "kinds": [(name, kind.label) for name, kind in kinds().items()],
    }


def attestations() -> QuerySet[Attestation]:
    """Who attested what of which system, the newest first."""
    return Attestation.objects.select_related("system", "made_by")
