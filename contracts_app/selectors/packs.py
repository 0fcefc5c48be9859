"""What was signed in a period, for packs of evidence; the pack asks each one's rights."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, QuerySet

from contracts_app.models import Version, Waiver


def versions_signed(begin: datetime, end: datetime) -> QuerySet[Version]:
    """The versions whose newest counting signature was given in the period, oldest first, with `signed_last`."""
    last = Version.objects.filter(signatures__voided_at=None).annotate(
        signed_last=Max("signatures__signature__signed_at")
    )
    within = last.filter(signed_last__gte=begin, signed_last__lt=end)
    return within.select_related("contract__asset", "contract__owner_team").order_by("signed_last", "pk")


def waivers_signed(begin: datetime, end: datetime) -> QuerySet[Waiver]:
    """The waivers that were signed in the period, oldest first, revoked ones too."""
    found = Waiver.objects.filter(signed_at__gte=begin, signed_at__lt=end)
    return found.select_related("contract", "version", "asset", "signature__user", "signature__entry").order_by(
        "signed_at", "pk"
    )
