"""What was promised and kept of the inputs at the time when they were read, and what was deleted from them since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts_app.selectors.asof import InForce, in_force_at
from portal.pages.provenance.domain.answer import Agreement, Erasures, Level, Signed
from privacy_app.selectors.erasures import erased_since
from slo_app.selectors.asof import Then, stood_at

Moments = Mapping[tuple[int, datetime], Any]


def agreements_of(moments: Moments, assets: Mapping[int, Any]) -> tuple[Agreement, ...]:
    """The contract version in force for each asset at each moment of reading; equal ones once, at the first moment."""
    found = in_force_at(moments)
    told: dict[tuple[str, str, str], Agreement] = {}
    for asset, at in sorted(moments, key=lambda pair: (pair[1], pair[0])):
        for one in found[asset, at] or [None]:
            each = _agreement(assets[asset], at, one)
            told.setdefault((each.asset, each.contract, each.version), each)
    return tuple(sorted(told.values(), key=lambda each: (each.asset, each.at)))


def _agreement(asset: Any, at: datetime, one: InForce | None) -> Agreement:
    if one is None:
        return Agreement(asset.key, asset.get_absolute_url(), at, ("No contract in force", "warn"))
    signed = tuple(Signed(each.role, each.person, each.name, each.at, each.method) for each in one.signed)
    if one.missing:
        state = (f"Not signed as {', '.join(one.missing)}", "warn")
    elif not signed:
        state = ("Unsigned", "warn")
    else:
        state = ("Signed, superseded", "warn") if one.deprecated else ("Signed", "ok")
    return Agreement(
        asset=asset.key,
        asset_url=asset.get_absolute_url(),
        at=at,
        state=state,
        contract=one.contract,
        version=one.version,
        url=one.url,
        digest=one.digest,
        since=one.since,
        purpose=one.purpose,
        signed=signed,
        missing=one.missing,
    )


def levels_of(moments: Moments, assets: Mapping[int, Any]) -> tuple[Level, ...]:
    """How the SLOs of each asset stood at each moment of reading; an asset without any is told once."""
    found = stood_at(moments)
    told: dict[tuple[str, str, datetime | None], Level] = {}
    for asset, at in sorted(moments, key=lambda pair: (pair[1], pair[0])):
        for each in found[asset, at]:
            level = _level(assets[asset], each)
            told[level.asset, level.url, at] = level
        if not found[asset, at]:
            row = assets[asset]
            none = Level(row.key, row.get_absolute_url(), at, ("No SLO", "off"))
            told.setdefault((none.asset, "", None), none)
    return tuple(sorted(told.values(), key=lambda each: (each.asset, each.slo, each.at)))


def _level(asset: Any, then: Then) -> Level:
    detail = f": {then.stood.detail}" if then.stood.detail else ""
    return Level(
        asset=asset.key,
        asset_url=asset.get_absolute_url(),
        at=then.at,
        state=(then.stood.word, then.stood.kind),
        slo=str(then.slo),
        url=then.slo.get_absolute_url(),
        target=str(then.slo.target),
        value=then.value,
        basis=then.stood.basis + detail,
        looked_at=then.looked_at,
        incidents=tuple((each.number, each.get_absolute_url()) for each in then.incidents),
    )


def erasures_of(user: Any, moments: Moments, assets: Mapping[int, Any]) -> tuple[Erasures, ...]:
    """Deletions that took rows out of an input after it was first read; `user` None sees numbers only."""
    since: dict[int, datetime] = {}
    for asset, at in moments:
        since[asset] = min(at, since.get(asset, at))
    found = erased_since(user, since) if since else {}
    told = [
        Erasures(
            asset=assets[asset].key,
            asset_url=assets[asset].get_absolute_url(),
            since=since[asset],
            requests=each.requests,
            first=each.first,
            last=each.last,
            proofs=each.proofs,
        )
        for asset, each in found.items()
    ]
    return tuple(sorted(told, key=lambda each: each.asset))
