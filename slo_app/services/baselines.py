"""Baselines are made here: the first by the probe, every later one by a person with a reason."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from portal.core.clock.services import now
from portal.core.connectors.base import ConnectorError
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require

from .. import evidence_kinds
from ..domain.baseline import Baseline as Document
from ..domain.measurement import Reading, Result
from ..domain.psi import ENOUGH
from ..indicators.base import CannotMeasure, Compared, Span
from ..indicators.registry import find
from ..models import Baseline, Slo
from ..models.baseline import digest_of
from ..probing import Look, attempt, look, opened
from ..selectors.terms import place_of

if TYPE_CHECKING:
    from portal.core.identity.models import User

FIRST = "The first, made by the portal from the rows that were there when measuring began."


class BaselineError(Exception):
    """A baseline cannot be made; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read from the source to become a baseline."""

    document: Document
    span: Span | None
    source: str


def first_look(slo: Slo) -> Look:
    """Measure; where the indicator compares with a baseline and there is none yet, make it from the rows of now.

    Rows are never held against a baseline of themselves: the look that makes one has no verdict.
    """
    if not compares(slo) or slo.baselines.exists():
        return look(slo)
    return attempt(slo, _begin)


def compares(slo: Slo) -> bool:
    """Whether the SLO's indicator compares with a baseline."""
    return isinstance(find(slo.kind), Compared)


def _begin(slo: Slo) -> Reading:
    taken = take(slo)
    rows = taken.document.rows
    if not taken.document.enough:
        return Reading(None, result=Result.INSUFFICIENT, total=rows, reason=_too_few(rows))
    made = _keep(slo=slo, taken=taken, actor=system_actor("slo.probe"), reason=FIRST)
    said = f"{made} was made from {rows:,} rows just now; the next probe is held against it."
    return Reading(None, result=Result.INSUFFICIENT, total=rows, reason=said)


def take(slo: Slo, span: Span | None = None) -> Taken:
    """Read the distribution of a span of time, or of the SLO's own window before now; writes nothing.

    Raises CannotMeasure, ConnectorError.
    """
    indicator = find(slo.kind)
    if not isinstance(indicator, Compared):
        raise CannotMeasure(f"{slo} is not compared with a baseline.")
    present = now()
    with opened(slo, indicator) as (reader, terms):
        document = indicator.baseline(reader, terms, span)
    own = (present - slo.window, present) if slo.window else None
    place = place_of(slo.asset)
    return Taken(document, span or own, str(place) if place else "")


def make_baseline(*, user: User, slo: Slo, reason: str, key: uuid.UUID, span: Span | None = None) -> Baseline:
    """Make a new baseline from a window of the data, on a person's word; a key is taken once.

    Raises PermissionDenied outside the SLO's team, BaselineError where the rows cannot be a baseline.
    """
    require(user, Act.SET_SLO, slo.asset)
    if not reason.strip():
        raise BaselineError("Say why a new baseline is right: everybody who is held against it will read it.")
    if known := Baseline.objects.filter(key=key, slo=slo).first():
        return known
    try:
        taken = take(slo, span)
    except (CannotMeasure, ConnectorError) as error:
        raise BaselineError(str(error)) from None
    if not taken.document.enough:
        raise BaselineError(_too_few(taken.document.rows))
    return _keep(slo=slo, taken=taken, actor=actor_of(user), reason=reason.strip(), user=user, key=key)


@transaction.atomic
def _keep(
    *, slo: Slo, taken: Taken, actor: Actor, reason: str, user: User | None = None, key: uuid.UUID | None = None
) -> Baseline:
    """Freeze it under the next number, write the evidence, and let the SLO be measured against it at once."""
    locked = Slo.objects.select_for_update().get(pk=slo.pk)
    newest = locked.baselines.first()
    document = taken.document.document()
    start, end = taken.span or (None, None)
    made = Baseline.objects.create(
        slo=locked,
        number=newest.number + 1 if newest else 1,
        document=document,
        digest=digest_of(document),
        rows=taken.document.rows,
        element=slo.element,
        source=taken.source,
        window_start=start,
        window_end=end,
        made_at=now(),
        made_by=user,
        reason=reason,
        key=key,
    )
    if user is not None:
        Slo.objects.filter(pk=slo.pk).update(next_due_at=made.made_at)
    record(evidence_kinds.BASELINED, actor=actor, payload=_payload(made), team_id=slo.owner_team_id)
    return made


def _payload(made: Baseline) -> dict[str, str | int]:
    return {
        "slo": made.slo_id,
        "asset": made.slo.asset.key,
        "element": made.element,
        "baseline": made.number,
        "rows": made.rows,
        "digest": made.digest,
        "reason_digest": digest(made.reason.encode()),
    }


def _too_few(rows: int) -> str:
    return f"A baseline needs {ENOUGH} rows, and there are {rows:,}. Choose a longer window, or wait for more rows."


def span_of(start: datetime | None, end: datetime | None) -> Span | None:
    """Both ends or neither. Raises BaselineError for one alone, or the wrong way round."""
    if start is None and end is None:
        return None
    if start is None or end is None or start >= end:
        raise BaselineError("Give both ends of the window, the earlier one first, or neither for the SLO's own window.")
    return start, end
