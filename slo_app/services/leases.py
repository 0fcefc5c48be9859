"""Who measures what now: due SLOs are leased in batches, and a lease that runs out is given again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require

from ..indicators import registry
from ..models import Slo

if TYPE_CHECKING:
    from portal.core.identity.models import User

LEASE = timedelta(minutes=2)  # longer than a probe's time limit, short enough that a killed worker is soon replaced


@transaction.atomic
def lease_due(limit: int = 200) -> list[tuple[int, int]]:
    """Lease up to `limit` due SLOs; returns (id, fencing number) pairs, the longest due first.

    Rows that another worker is leasing are skipped, not waited for. The number is the newest lease's: a worker
    that comes late with an older one is not listened to.
    """
    present = now()
    free = Q(leased_until=None) | Q(leased_until__lte=present)
    due = (
        Slo.objects.select_for_update(skip_locked=True)
        .filter(free, enabled=True, kind__in=list(registry.kinds()), next_due_at__lte=present)
        .order_by("next_due_at", "pk")[:limit]
    )
    leased = [(pk, number + 1) for pk, number in due.values_list("pk", "lease_number")]
    Slo.objects.filter(pk__in=[pk for pk, _ in leased]).update(
        leased_until=present + LEASE, lease_number=F("lease_number") + 1, lease_attempts=F("lease_attempts") + 1
    )
    return leased


@transaction.atomic
def ask_for_probe(*, user: User, slo: Slo) -> None:
    """Make an SLO due at once. Raises PermissionDenied for people outside its team."""
    require(user, Act.HANDLE_INCIDENT, slo)
    Slo.objects.filter(pk=slo.pk).update(next_due_at=now())
