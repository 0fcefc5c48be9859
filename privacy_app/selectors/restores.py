"""Restored systems and rehearsals."""

from typing import Any

from django.db.models import QuerySet

from portal.core.identity.policies import Act, require
from privacy_app.models import Restore


def newest_rehearsal() -> Restore | None:
    """The newest rehearsal; that one was made is nobody's secret."""
    return Restore.objects.filter(rehearsal=True).select_related("system").first()


def restores(user: Any) -> QuerySet[Restore]:
    """Every restore and rehearsal, the newest first."""
    require(user, Act.READ_REQUESTS)
    return Restore.objects.select_related("system", "noted_by", "entry")
