"""Contracts as a list: filtered, sorted and counted in the database, with the versions of one page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Least

from contracts_app.domain.lifecycle import State
from contracts_app.models import Contract, Version
from contracts_app.selectors.prospects import HEAVY
from contracts_app.selectors.queue import movable
from portal.core.catalog.called import Called
from portal.core.clock.services import now
from portal.core.identity.policies import Act, require

_RANK = (State.ACTIVE, State.SCHEDULED, State.PROPOSED, State.DRAFT, State.DEPRECATED, State.RETIRED, State.WITHDRAWN)
_OVER = (State.RETIRED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader filters by, as typed; empty means any."""

    q: str = ""
    state: str = ""
    team: str = ""
    tier: str = ""
    classification: str = ""
    mine: str = ""


def contract_rows(user: Any, asked: Asked, *, sort: str = "name") -> QuerySet[Contract]:
    """The contracts that match. Tier and classification are those of the version that stands for the contract."""
    require(user, Act.READ)
    found = Contract.objects.select_related("asset", "owner_team")
    if asked.q:
        found = found.filter(Q(name__icontains=asked.q) | Q(asset__name__icontains=asked.q))
    if asked.state:
        found = found.filter(pk__in=Version.objects.filter(state=asked.state).values("contract"))
    if asked.team:
        found = found.filter(owner_team__slug=asked.team)
    if asked.mine:
        waiting = {version.contract_id for version in movable(user)}
        found = found.filter(pk__in=waiting)
    return _sorted(_by_promise(found, asked), sort)


def contracts_called(user: Any, called: Called) -> QuerySet[Contract]:
    """The contracts whose name, or whose asset's, holds the text; as the list finds them."""
    require(user, Act.READ)
    named = Q(name__icontains=called.text) | called.by_name()
    return Contract.objects.select_related("owner_team").filter(named).order_by("name")


def with_versions(contracts: Iterable[Contract]) -> list[Contract]:
    """The contracts with their versions and signatures, without the documents: a list shows none."""
    found = list(contracts)
    versions = Version.objects.defer(*HEAVY).prefetch_related("signatures")
    prefetch_related_objects(found, Prefetch("versions", versions))
    return found


def versions_in_short(contract: Contract) -> list[Version]:
    """The versions of one contract, newest first, without their documents."""
    return list(contract.versions.defer(*HEAVY).select_related("proposed_by", "edited_by"))


def counts_by_state() -> dict[str, int]:
    """How many contracts have a version in each state that is not over."""
    rows = Version.objects.exclude(state__in=_OVER).order_by().values_list("state")
    return dict(rows.annotate(Count("contract", distinct=True)))


def _by_promise(found: QuerySet[Contract], asked: Asked) -> QuerySet[Contract]:
    if asked.tier.isdecimal():
        found = found.annotate(tier=Subquery(_leading().values("tier")[:1])).filter(tier=int(asked.tier[:3]))
    if asked.classification:
        said = _leading().annotate(said=KT("data__classification")).values("said")[:1]
        found = found.annotate(classified=Subquery(said)).filter(classified=asked.classification)
    return found


def _leading() -> QuerySet[Version]:
    """The versions of the outer contract, the one that stands for it first."""
    rank = Case(*(When(state=state, then=Value(at)) for at, state in enumerate(_RANK)), output_field=IntegerField())
    return Version.objects.filter(contract=OuterRef("pk")).annotate(rank=rank).order_by("rank", "-pk")


def _sorted(found: QuerySet[Contract], sort: str) -> QuerySet[Contract]:
    if sort == "deadline":
        running = Q(versions__state=State.SCHEDULED, versions__notice_ends_at__gte=now())
        notice = Min("versions__notice_ends_at", filter=running)
        ending = Min("versions__deprecated_until", filter=Q(versions__state=State.DEPRECATED))
        found = found.annotate(first=Least(notice, ending))  # PostgreSQL leaves out the one that is NULL
        return found.order_by(F("first").asc(nulls_last=True), "name")
    if sort == "changed":
        return found.annotate(changed=Max("versions__edited_at")).order_by("-changed", "name")
    return found.order_by("name")
