"""Holds as the privacy team reads them, what can be erased now that they ended, and what a proof says of them."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require
from privacy_app.domain import holds as rules
from privacy_app.domain.request import State
from privacy_app.domain.verdict import Verdict
from privacy_app.models import Hold, Identifier, KeptStep, Plan, Request

STANDINGS = ("in_force", "to_review", "ended")


def holds(user: Any, standing: str = "in_force") -> QuerySet[Hold]:
    """Holds of a standing, with how many steps each has kept; `to_review` are those in force past their review day."""
    require(user, Act.READ_REQUESTS)
    rows = Hold.objects.filter(_standing(standing, now().date())).select_related("system", "request", "placed_by")
    kept = Count("kept_steps", filter=Q(kept_steps__step__verdict=Verdict.EXEMPT), distinct=True)
    return rows.annotate(kept=kept, persons=Count("subjects", distinct=True)).order_by("-placed_at", "-pk")


def to_review(user: Any) -> QuerySet[Hold]:
    """Holds in force past their review day, the longest past first."""
    require(user, Act.READ_REQUESTS)
    return Hold.objects.filter(_standing("to_review", now().date())).order_by("review_on")


def hold_counts(user: Any) -> dict[str, int]:
    """How many holds there are of each standing."""
    require(user, Act.READ_REQUESTS)
    today = now().date()
    counted = {name: Count("pk", filter=_standing(name, today)) for name in STANDINGS}
    return dict(Hold.objects.aggregate(**counted))


def _standing(name: str, today: date) -> Q:
    in_force = Q(released_at=None) & (Q(ends_on=None) | Q(ends_on__gte=today))
    return {"in_force": in_force, "to_review": in_force & Q(review_on__lte=today)}.get(name, ~in_force)


def hold(user: Any, pk: int) -> Hold | None:
    """One hold with its subjects' kinds, or None."""
    require(user, Act.READ_REQUESTS)
    rows = Hold.objects.select_related("system", "request", "placed_by", "released_by")
    return rows.prefetch_related("subjects").filter(pk=pk).first()


def kept_by(user: Any, hold: Hold) -> QuerySet[KeptStep]:
    """The steps that a hold has kept and that are still kept."""
    require(user, Act.READ_REQUESTS)
    return hold.kept_steps.filter(step__verdict=Verdict.EXEMPT).select_related("step__request").order_by("-noted_at")


def erasable(user: Any) -> QuerySet[KeptStep]:
    """Steps of completed requests that a hold kept and that it keeps no longer: a person may plan them again."""
    require(user, Act.READ_REQUESTS)
    over = Q(hold__released_at__isnull=False) | Q(hold__ends_on__lt=now().date())
    rows = KeptStep.objects.filter(
        over,
        step__verdict=Verdict.EXEMPT,
        step__plan__state=Plan.State.APPROVED,
        step__request__state=State.COMPLETED,
    )
    return rows.select_related("step__request", "hold").order_by("step__request__received_at", "step__position")


def ended_for_good() -> Q:
    """Kept steps whose hold is over and whose request's key is destroyed: only the suppression list reaches them."""
    over = Q(kept__hold__released_at__isnull=False) | Q(kept__hold__ends_on__lt=now().date())
    return over & Q(request__shredded_at__isnull=False)


def held_requests(system_name: str, dataset: str) -> QuerySet[Request]:
    """The requests whose subjects a hold in force keeps in this dataset, also where it was placed after the proof.

    A hold about a person is matched by what the requester gave, since the rest may be destroyed by then.
    """
    rows = Hold.objects.filter(_standing("in_force", now().date())).select_related("system", "request")
    reach = Q(pk=None)
    for hold in rows.filter(_here(system_name, dataset)).prefetch_related("subjects"):
        reach |= _of_hold(hold.fact())
    return Request.objects.filter(reach)


def _here(system_name: str, dataset: str) -> Q:
    return (Q(system=None) | Q(system__name=system_name)) & Q(dataset__in=("", dataset))


def _of_hold(fact: rules.Hold) -> Q:
    """The requests about which a hold speaks, as its rules say it."""
    found = ~Q(pk=None)
    if fact.kind is rules.HoldKind.EXEMPTION:
        found &= Q(law=fact.basis.law)
    if fact.request:
        found &= Q(req_id=fact.request)
    if fact.subjects:
        found &= Q(pk__in=Identifier.objects.filter(lookup__in=fact.subjects).values("request"))
    return found


def holds_on(user: Any, request: Request) -> QuerySet[Hold]:
    """The holds that name this request."""
    require(user, Act.READ_REQUESTS)
    return request.holds.select_related("system")


def for_artifact(request: Request) -> list[dict[str, Any]]:
    """What a proof says about what was kept: the basis in law and its end, never the free text."""
    rows = KeptStep.objects.filter(
        step__request=request, step__plan__state=Plan.State.APPROVED, step__verdict=Verdict.EXEMPT
    )
    return [_entry(each) for each in rows.select_related("hold", "step").order_by("step__position")]


def _entry(kept: KeptStep) -> dict[str, Any]:
    basis = kept.hold.law_basis
    return {
        "system": kept.step.system_name,
        "dataset": kept.step.dataset,
        "kind": kept.hold.kind,
        "basis": basis.article,
        "basis_words": basis.words,
        "fields": list(kept.fields),
        "expires_on": kept.expires_on.isoformat() if kept.expires_on else None,
        "review_on": kept.hold.review_on.isoformat() if kept.hold.review_on else None,
        "hold": kept.hold_id,
        "sentence": kept.sentence,
    }
