"""Deletion proofs of a period, for packs of evidence; the pack asks each one's rights."""

from datetime import datetime

from django.db.models import QuerySet

from privacy_app.models import Request


def proofs_completed(begin: datetime, end: datetime) -> QuerySet[Request]:
    """The requests completed in the period that have a proof, oldest first."""
    found = Request.objects.filter(completed_at__gte=begin, completed_at__lt=end).exclude(artifact_digest="")
    return found.order_by("completed_at", "pk")
