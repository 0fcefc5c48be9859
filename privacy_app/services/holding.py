"""Placing, reviewing and releasing a hold."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import sealing
from privacy_app.domain.holds import HoldKind, basis_of, why_refused
from privacy_app.domain.pseudonym import normalise
from privacy_app.models import Hold
from privacy_app.services.lifecycle import RequestRefused, reason_digest, wanted


@transaction.atomic
def place(*, user: Any, key: uuid.UUID, reason: str, subjects: Mapping[str, str] | None = None, **scope: Any) -> Hold:
    """Keep data from now on; the same `key` gives the same hold again.

    `scope` are the other fields of Hold; `subjects` maps a kind of identifier to its value, of which only the look-up
    token is stored. Raises RequestRefused where the law or the dates do not allow it.
    """
    require(user, Act.PLAN_DELETION)
    if known := Hold.objects.filter(key=key).first():
        return known
    basis = basis_of(scope["basis"])
    ends_on, review_on = scope.get("ends_on"), scope.get("review_on")
    _check(why_refused(HoldKind(scope["kind"]), basis, ends_on, review_on, now().date()))
    said = wanted(reason, "A hold")
    hold = Hold.objects.create(**scope, key=key, reason=said, placed_by=user, placed_at=now())
    for kind, value in (subjects or {}).items():
        hold.subjects.create(kind=kind, lookup=sealing.lookup_token(kind, normalise(kind, value)))
    record(kinds.HOLD_PLACED, actor=actor_of(user), payload=_placed(hold, basis.article))
    return hold


def scope_words(hold: Hold) -> str:
    """Where a hold reaches, in words without any identifier."""
    where = hold.system.name if hold.system else "every system"
    what = f"{hold.dataset} in {where}" if hold.dataset else where
    fields = f" ({', '.join(hold.fields)})" if hold.fields else ""
    return f"{what}{fields}"


def _placed(hold: Hold, article: str) -> dict[str, str | int]:
    return {
        "hold": hold.pk,
        "kind": hold.get_kind_display().lower(),
        "basis": article,
        "scope": scope_words(hold),
        "subjects": hold.subjects.count(),
        "request": hold.request.req_id if hold.request else "",
        "ends_on": _iso(hold.ends_on),
        "review_on": _iso(hold.review_on),
        "reason_digest": reason_digest(hold.reason),
    }


@transaction.atomic
def review(*, user: Any, hold_id: int, reason: str, ends_on: date | None, review_on: date | None) -> Hold:
    """Look at a hold again and keep it, with a new last day or a new day to look at it."""
    require(user, Act.PLAN_DELETION)
    hold = _open(hold_id)
    _check(why_refused(HoldKind(hold.kind), hold.law_basis, ends_on, review_on, now().date()))
    said = wanted(reason, "Keeping a hold")
    hold.ends_on, hold.review_on = ends_on, review_on
    hold.save(update_fields=["ends_on", "review_on"])
    payload: dict[str, str | int] = {
        "hold": hold.pk,
        "ends_on": _iso(ends_on) or "none",
        "review_on": _iso(review_on) or "none",
        "reason_digest": reason_digest(said),
    }
    record(kinds.HOLD_REVIEWED, actor=actor_of(user), payload=payload)
    return hold


@transaction.atomic
def release(*, user: Any, hold_id: int, reason: str) -> Hold:
    """End a hold; what it kept is erased only when somebody plans it again and another person approves that."""
    require(user, Act.PLAN_DELETION)
    hold = _open(hold_id)
    hold.release_reason = wanted(reason, "Releasing a hold")
    hold.released_at, hold.released_by = now(), user
    hold.save(update_fields=["release_reason", "released_at", "released_by"])
    payload: dict[str, str | int] = {"hold": hold.pk, "reason_digest": reason_digest(hold.release_reason)}
    record(kinds.HOLD_RELEASED, actor=actor_of(user), payload=payload)
    return hold


def _open(hold_id: int) -> Hold:
    hold = Hold.objects.select_for_update().get(pk=hold_id)
    if not hold.is_in_force(now().date()):
        raise RequestRefused("This hold has ended already. Place a new one if the data has to be kept.")
    return hold


def _check(refused: str) -> None:
    if refused:
        raise RequestRefused(refused)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
