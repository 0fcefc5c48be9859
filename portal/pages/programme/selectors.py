"""The ZIPs of the programme's files as people see them: everybody who reads may take any of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from portal.core.identity.policies import Act, require
from portal.pages.programme.models import ProgrammeZip


def zips(user: Any) -> QuerySet[ProgrammeZip]:
    """Every one, the newest first."""
    require(user, Act.READ)
    return ProgrammeZip.objects.select_related("asked_by", "entry")


def zip_for(user: Any, pk: int) -> ProgrammeZip:
    """One of them, or Http404."""
    found = zips(user).filter(pk=pk).first()
    if found is None:
        raise Http404(f"There are no programme files {pk}.")
    return found
