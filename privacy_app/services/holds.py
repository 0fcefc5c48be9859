"""Asking the holds: before a plan is written, and again right before each step."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from privacy_app import evidence_kinds as kinds
from privacy_app import sealing
from privacy_app.domain.clocks import Law
from privacy_app.domain.holds import Asked, Exemption, HoldKind, strongest
from privacy_app.domain.verdict import Judgement, judge
from privacy_app.keystore import KeyShredded
from privacy_app.models import Hold, Identifier, KeptStep, Request, Step
from privacy_app.selectors import plain_value

PORTAL = "portal"
"""The kind of the step that is the portal's own record of the request: it erases nothing, so nothing holds it."""


def exemption_of(request: Request, *, system_name: str, dataset: str) -> Exemption | None:
    """What keeps this dataset of this request today, or None; reads the database anew at every call."""
    holds = [each.fact() for each in in_force()]
    if not holds:
        return None
    tokens = lookups_of(request) if any(each.subjects for each in holds) else frozenset()
    asked = Asked(request.req_id, Law(request.law), system_name, dataset, tokens)
    return strongest(holds, asked, now().date())


def in_force() -> QuerySet[Hold]:
    """The holds that keep data today, with what their rules read."""
    ends = Q(ends_on=None) | Q(ends_on__gte=now().date())
    return Hold.objects.filter(ends, released_at=None).select_related("system", "request").prefetch_related("subjects")


def lookups_of(request: Request) -> frozenset[str]:
    """Look-up tokens of everything that this request would erase, and of what was proved; none once its key is gone."""
    proved = request.identifiers.filter(standing=Identifier.Standing.PROVED).values_list("lookup", flat=True)
    try:
        rows = request.resolved.select_related("request")
        found = {sealing.lookup_token(row.kind, plain_value(row)) for row in rows}
    except KeyShredded:
        return frozenset(proved)
    return frozenset(proved) | found


def note(step: Step) -> None:
    """Write into a planned step's preview what keeps it, so that the approver signs that it stays."""
    found = None if step.kind == PORTAL else _live(step)
    if found is not None:
        step.preview["exempt"] = _kept_form(found)
        step.allow_exclusive = False


def of_step(step: Step) -> Exemption | None:
    """What keeps this step now: a hold in force, or one that the approver saw in the plan.

    A hold that ended after the approval does not let the step erase: nobody signed that. It is planned again.
    """
    if step.kind == PORTAL:
        return None
    found = _live(step)
    planned = step.preview.get("exempt")
    return found if found or not planned else _from_plan(planned)


def lets(step: Step, *, any_in_force: bool) -> bool:
    """Whether no hold stops this step; asked with the fence, which saw whether there is any in force."""
    return not step.preview.get("exempt") and (not any_in_force or _live(step) is None)


@transaction.atomic
def keep(step: Step, exemption: Exemption) -> Judgement:
    """Say that a step is left as it is because of a hold, and give its verdict."""
    sentence = exemption.sentence
    if deleted := step.amounts.get("rows"):
        sentence += f" It was placed when {deleted} rows had been deleted here; nothing was destroyed after that."
    said = {
        "hold_id": exemption.hold,
        "fields": list(exemption.fields),
        "expires_on": exemption.expires_on,
        "sentence": sentence,
        "noted_at": now(),
    }
    _, made = KeptStep.objects.update_or_create(step=step, defaults=said)
    if made:
        payload: dict[str, str | int] = {
            "request": step.request.req_id,
            "system": step.system_name,
            "dataset": step.dataset,
            "hold": exemption.hold,
            "basis": exemption.basis,
        }
        record(kinds.STEP_KEPT, actor=system_actor("privacy.propagation"), payload=payload)
    return replace(judge({}, exemption=sentence), until=exemption.expires_on)


def _live(step: Step) -> Exemption | None:
    return exemption_of(step.request, system_name=step.system_name, dataset=step.dataset)


def _kept_form(found: Exemption) -> dict[str, Any]:
    return {
        "hold": found.hold,
        "kind": found.kind.value,
        "basis": found.basis,
        "expires_on": found.expires_on.isoformat() if found.expires_on else "",
        "review_on": found.review_on.isoformat() if found.review_on else "",
        "fields": list(found.fields),
        "sentence": found.sentence,
    }


def _from_plan(kept: dict[str, Any]) -> Exemption:
    ends, looked_at = _day(kept["expires_on"]), _day(kept["review_on"])
    return Exemption(kept["hold"], HoldKind(kept["kind"]), kept["basis"], ends, looked_at, tuple(kept["fields"]))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
