"""Files of requests, for the privacy team."""

from typing import Any

from django.db.models import QuerySet

from portal.core.identity.policies import Act, require
from privacy_app.models import ImportBatch


def batches(user: Any) -> QuerySet[ImportBatch]:
    """Every file, the newest first, without its sealed rows."""
    require(user, Act.READ_REQUESTS)
    return ImportBatch.objects.select_related("made_by").defer("sealed")


def batch(user: Any, pk: int) -> ImportBatch | None:
    """One file."""
    return batches(user).filter(pk=pk).first()
