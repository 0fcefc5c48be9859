"""Finding contracts and versions."""

from __future__ import annotations

import json
from typing import Any

import rfc8785
from django.db.models import Q, QuerySet
from django.http import Http404

from contracts_app.domain.lifecycle import IN_FORCE, NEXT, State
from contracts_app.models import Contract, Version
from portal.core.identity.models import Team
from portal.core.identity.policies import Act, require


def contracts_for(user: Any, *, text: str = "", state: str = "", team: str = "") -> QuerySet[Contract]:
    """Contracts by name, by the state of any version that is not over, and by the owner's team; with their versions."""
    require(user, Act.READ)
    found = Contract.objects.select_related("asset", "owner_team").prefetch_related("versions__signatures")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(asset__name__icontains=text))
    if state:
        found = found.filter(versions__state=state).distinct()
    return found.filter(owner_team__slug=team) if team else found


def contract_for(user: Any, pk: int) -> Contract:
    """The contract; raises Http404 or PermissionDenied."""
    require(user, Act.READ)
    found = Contract.objects.select_related("asset", "owner_team").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such contract.")
    return found


def version_for(user: Any, pk: int) -> Version:
    """The version with its contract; raises Http404 or PermissionDenied."""
    require(user, Act.READ)
    found = version_by_id(pk)
    if found is None:
        raise Http404("There is no such version.")
    return found


def versions_with_digest(user: Any, digest: str) -> QuerySet[Version]:
    """The versions of exactly this hash that were ever proposed, the newest first."""
    require(user, Act.READ)
    return Version.objects.exclude(state=State.DRAFT).filter(digest=digest).select_related("contract").order_by("-pk")


def version_by_id(pk: int) -> Version | None:
    """The version, no rights asked: for the portal itself."""
    related = ("contract__asset", "contract__owner_team", "edited_by", "proposed_by")
    return Version.objects.select_related(*related).filter(pk=pk).first()


def active_version(asset_id: int) -> Version | None:
    """The version in force for an asset; the newest where several contracts name it."""
    found = Version.objects.select_related("contract__asset").filter(contract__asset_id=asset_id, state=State.ACTIVE)
    return found.order_by("-activated_at").first()


def active_by_name(name: str) -> Version | None:
    """The version in force of the contract of that name."""
    return Version.objects.select_related("contract__asset").filter(contract__name=name, state=State.ACTIVE).first()


def versions_in_force() -> QuerySet[Version]:
    """Every active or deprecated version."""
    return Version.objects.select_related("contract__asset").filter(state__in=IN_FORCE)


def next_states(version: Version) -> frozenset[State]:
    """Where the version may go from here."""
    return NEXT[State(version.state)]


def evidence_payload(version: Version) -> dict[str, str]:
    """What every ledger entry about a version says."""
    return {"contract": version.contract.name, "version": version.number, "digest": version.digest}


def report_bytes(version: Version) -> bytes:
    """The change report that was fixed when the version was proposed, in canonical form (RFC 8785)."""
    return rfc8785.dumps(json.loads(json.dumps(version.report)))


def draft_of(contract: Contract) -> Version | None:
    """The contract's draft, if one is being written."""
    return contract.versions.select_related("contract", "edited_by").filter(state=State.DRAFT).first()


def latest_version(contract: Contract) -> Version | None:
    """The version that an edit starts from: the newest that was not withdrawn, else the newest."""
    return contract.versions.exclude(state=State.WITHDRAWN).first() or contract.versions.first()


def owning_teams() -> list[Any]:
    """Teams that own a contract, for the filter of the list."""
    return list(Team.objects.filter(pk__in=Contract.objects.values("owner_team")).order_by("name"))


def as_json(version: Version) -> dict[str, object]:
    """A version in force as the API gives it."""
    signatures = version.signatures.filter(voided_at=None).select_related("signature")
    return {
        "name": version.contract.name,
        "version": version.number,
        "state": version.state,
        "canonical_hash": version.digest,
        "asset": version.asset.key if version.asset else None,
        "activated_at": version.activated_at.isoformat() if version.activated_at else None,
        "signatures": [
            {"role": link.role, "method": link.signature.method, "signed_at": link.signature.signed_at.isoformat()}
            for link in signatures
        ],
        "yaml": version.text,
    }
