"""Which contract versions were in force for assets at past moments, and who had signed them by then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts_app.models import Version

Asked = tuple[int, datetime]
"""An asset's number, and the moment."""


@dataclass(frozen=True)
class Underwritten:
    """One signature that counts: the capacity, the person's opaque id and name, when and how."""

    role: str
    person: str
    name: str
    at: datetime
    method: str


@dataclass(frozen=True)
class InForce:
    """A version that was in force; `deprecated`: a newer one had taken its place, and it still held."""

    contract: str
    version: str
    url: str
    digest: str
    since: datetime
    deprecated: bool
    purpose: str
    signed: tuple[Underwritten, ...]
    missing: tuple[str, ...]


def in_force_at(asked: Iterable[Asked]) -> dict[Asked, list[InForce]]:
    """For each question the versions in force then, the active one first; nothing where none was. Three queries."""
    questions = set(asked)
    by_asset: dict[int, list[Version]] = defaultdict(list)
    for version in _versions({asset for asset, _ in questions}):
        by_asset[version.contract.asset_id].append(version)
    return {
        (asset, at): sorted(
            (_told(each, at) for each in by_asset[asset] if _holds(each, at)), key=lambda one: one.deprecated
        )
        for asset, at in questions
    }


def _versions(assets: set[int]) -> Iterable[Version]:
    found = Version.objects.filter(contract__asset__in=assets, activated_at__isnull=False).select_related("contract")
    return found.defer("authored", "report", "readiness").prefetch_related("signatures__signature", "signatures__user")


def _holds(version: Version, at: datetime) -> bool:
    begun = version.activated_at is not None and version.activated_at <= at
    return begun and (version.ended_at is None or version.ended_at > at)


def _told(version: Version, at: datetime) -> InForce:
    signed = tuple(
        Underwritten(
            link.role,
            str(link.user.public_id),
            link.user.name,
            link.signature.signed_at,
            link.signature.method,
        )
        for link in version.signatures.all()
        if link.signature.signed_at <= at and (link.voided_at is None or link.voided_at > at)
    )
    held = {each.role for each in signed}
    return InForce(
        contract=version.contract.name,
        version=version.number,
        url=version.get_absolute_url(),
        digest=version.digest,
        since=version.activated_at or at,
        deprecated=version.deprecated_at is not None and version.deprecated_at <= at,
        purpose=_purpose(version.data),
        signed=signed,
        missing=tuple(str(role) for role in version.roles if str(role) not in held),
    )


def _purpose(data: Any) -> str:
    """What the contract says that it is for, "" where it does not."""
    said = data.get("description") if isinstance(data, dict) else None
    if isinstance(said, dict):
        said = said.get("purpose")
    return str(said)[:500] if isinstance(said, str) else ""
