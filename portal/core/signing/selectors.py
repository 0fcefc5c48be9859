"""Reading signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.core.signing.models import Signature

if TYPE_CHECKING:
    from django.db.models import QuerySet


def signatures_of(purpose: str, ref: str) -> QuerySet[Signature]:
    """The signatures on one thing, oldest first, with their signers."""
    return Signature.objects.filter(purpose=purpose, ref=ref).select_related("user")
