"""Packs as their makers, and those who read everything, see them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from portal.core.identity.policies import Act, may, require
from portal.pages.evidence.packs.making import grants_of
from portal.pages.evidence.watch import WholeLedger
from portal.pages.models import Pack


def packs_of(user: Any) -> QuerySet[Pack]:
    """The packs that the person made; all for whoever reads the whole ledger."""
    require(user, Act.READ_EVIDENCE)
    found = Pack.objects.select_related("asked_by", "entry")
    return found if may(user, Act.READ_EVIDENCE, WholeLedger()) else found.filter(asked_by=user)


def pack_for(user: Any, pk: int) -> Pack:
    """One pack; Pack.DoesNotExist, or PermissionDenied for others and for a maker who lost a role that it needed."""
    pack = Pack.objects.select_related("asked_by", "entry").get(pk=pk)
    if may(user, Act.READ_EVIDENCE, WholeLedger()):
        return pack
    kept = all(grant in grants_of(user) for grant in pack.grants)
    if pack.asked_by_id != user.pk or not kept:
        raise PermissionDenied(
            "You may not read this pack. Only its maker may, with the roles of that time, or an auditor."
        )
    return pack
