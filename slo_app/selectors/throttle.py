"""What a consumer of an asset is told: one statement by index over the precomputed level, and the answer as JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection
from django.urls import reverse
from psycopg import Cursor

from lineage_app.selectors import job_of_key
from portal.core.catalog.selectors import asset_of_key, resolve_asset
from portal.core.clock.services import now

from ..domain.throttle import BATCH, CLASSES, RULES, Answer, Decision, Level, OnUnknown, Who, decide, of_factor
from ..models.throttle import digest_of

MAX_AGE = timedelta(seconds=30)
"""How long an answer holds; a consumer that was denied asks again after it."""
_READ = """
SELECT l.asset_id, l.factor, l.denies, l.unknown, l.reasons, l.stale_at, l.reach_at, r.hops,
       coalesce(a.kind, %(default)s), c.on_unknown, c.version, o.factor, o.reason, o.created_at, o.ends_at
FROM (VALUES (1)) one
LEFT JOIN slo_app_throttlelevel l ON l.key = %(asset)s
LEFT JOIN slo_app_throttlereach r ON r.asset_id = l.asset_id AND r.consumer = %(consumer)s
LEFT JOIN slo_app_consumer a ON a.consumer = %(consumer)s
LEFT JOIN slo_app_consumerclass c ON c.key = coalesce(a.kind, %(default)s)
LEFT JOIN LATERAL (
    SELECT o.factor, o.reason, o.created_at, o.ends_at FROM slo_app_throttleoverride o
    WHERE o.asset_id = l.asset_id AND o.ends_at > %(now)s AND o.created_at <= %(now)s AND o.ended_by_id IS NULL
      AND o.consumer IN (%(consumer)s, '')
    ORDER BY o.consumer = '', o.created_at DESC LIMIT 1
) o ON true
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One answer, with what it stands on; `etag` is the same as long as nothing but the time has changed."""

    asset: str
    consumer: str
    answer: Answer
    reasons: tuple[dict[str, Any], ...]
    on_unknown: str
    policy_version: str
    as_of: datetime
    expires_at: datetime
    kind: str = ""
    hops: int | None = None
    etag: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "etag", f'"{hashlib.sha256(json.dumps(self._lasting()).encode()).hexdigest()[:32]}"')

    @property
    def denied(self) -> bool:
        """Whether nothing may be read now."""
        return self.answer.decision is Decision.DENY

    def _lasting(self) -> dict[str, Any]:
        return {
            "decision": self.answer.decision.value,
            "rate_factor": self.answer.rate_factor,
            "reasons": list(self.reasons),
            "on_unknown": self.on_unknown,
            "policy_version": self.policy_version,
        }

    def as_json(self) -> dict[str, Any]:
        """The answer as the API and the hint give it."""
        times = {"as_of": self.as_of.isoformat(), "expires_at": self.expires_at.isoformat()}
        return {"asset": self.asset, "consumer": self.consumer} | self._lasting() | times


def decision(asset: str, consumer: str) -> Told | None:
    """What `consumer` (`namespace/name` of a job) is told about `asset` (its key, or a name for it).

    None where there is no such asset.
    """
    present = now()
    row = _row(asset, consumer, present)
    if row[0] is None:
        found = asset_of_key(asset) or resolve_asset(asset)
        if found is None:
            return None
        if found.key != asset:
            asset, row = found.key, _row(found.key, consumer, present)
    return _told(asset, consumer, row, present)


def _row(asset: str, consumer: str, present: datetime) -> tuple[Any, ...]:
    digest = digest_of(consumer) if consumer else ""
    values = {"asset": digest_of(asset), "consumer": digest, "now": present, "default": BATCH}
    try:
        return _read(values)
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()  # the database was started anew since this thread last asked
        return _read(values)


def _read(values: dict[str, Any]) -> tuple[Any, ...]:
    """Run the statement prepared: planning five joins costs more than running them.

    Django would ask `SELECT 1` before, whether the connection is alive; here the statement itself finds out.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(_READ.encode(), values, prepare=True)
        [found] = cursor.fetchall()
        return found


def _told(asset: str, consumer: str, row: tuple[Any, ...], present: datetime) -> Told:
    (asset_id, factor, denies, unknown, reasons, stale_at, reach_at, hops, kind, on_unknown, version,
     set_to, why, set_at, ends_at) = row  # fmt: skip
    on_unknown, version = on_unknown or CLASSES[kind].on_unknown.value, version or 1
    stale = stale_at is not None and stale_at < present
    level = Level(factor, denies, unknown or stale) if asset_id is not None else Level()
    if hops is None and (asset_id is None or reach_at is not None) and consumer and job_of_key(consumer):
        hops = 0
    who = Who(kind, OnUnknown(on_unknown), hops)
    said = Told(
        asset=asset,
        consumer=consumer,
        answer=decide(level, who),
        reasons=tuple(_linked(json.loads(reasons)) if hops != 0 and reasons else ()),
        on_unknown=on_unknown,
        policy_version=f"{RULES}-{kind}-{version}",
        as_of=present,
        expires_at=present + MAX_AGE,
        kind=kind,
        hops=hops,
    )
    said = _with_gaps(said, stale=stale, since=stale_at)
    return said if set_to is None else _overridden(said, set_to, why, set_at, ends_at)


def _linked(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each | {"url": f"{settings.BASE_URL}{_page_of(each['slo_id'])}"} for each in reasons]


@lru_cache(1_000)
def _page_of(slo_id: int) -> str:
    return reverse("slos:slo", args=[slo_id])


def _with_gaps(said: Told, *, stale: bool, since: datetime | None) -> Told:
    """Say what is not known, where that is what the answer stands on."""
    gaps = list(said.reasons)
    if said.hops is None:
        gaps.append(_reason("unknown_consumer", "Lineage knows no job of this name, so on_unknown of its class holds."))
    elif stale and said.hops:
        text = "It was not measured lately, so on_unknown of the consumer's class holds."
        gaps.append(_reason("stale", text, since))
    return replace(said, reasons=tuple(gaps))


def _overridden(said: Told, factor: float, why: str, since: datetime, until: datetime) -> Told:
    text = f"Overridden until {until:%Y-%m-%d %H:%M} UTC: {why}"
    reasons = (_reason("override", text, since), *said.reasons)
    return replace(said, answer=of_factor(factor), reasons=reasons, expires_at=min(said.expires_at, until))


def _reason(state: str, text: str, since: datetime | None = None) -> dict[str, Any]:
    at = since.isoformat() if since else None
    return {"slo": None, "state": state, "value": None, "threshold": None, "since": at, "text": text}
