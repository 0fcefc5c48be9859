"""The appeal window of a request: how long its own data is kept, and whether it may be destroyed now."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.selectors import held_digests
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore
from privacy_app.domain.request import ENDED, State
from privacy_app.models import AppealExtension, Purge, Request
from privacy_app.services import purging

WINDOW = timedelta(days=90)
LONGEST = timedelta(days=3 * 366)  # a complaint cannot keep a record longer than its proof


class AppealRefused(ValueError):
    """The window cannot be changed like that; the sentence says why."""


@transaction.atomic
def open_window(request_id: int) -> date:
    """The day after which the request's key is destroyed: at least ninety days from now, to complain and to check.

    A request that was reopened gets a whole window again; one that a complaint extended keeps the later day.
    """
    request = Request.objects.select_for_update().get(pk=request_id)
    until = (now() + WINDOW).date()
    if request.appeal_until is None or request.appeal_until < until:
        request.appeal_until = until
        request.save(update_fields=["appeal_until"])
    return request.appeal_until


def why_kept(request: Request) -> str:
    """Why the request's own data may not be destroyed now; "" when it may."""
    if State(request.state) not in ENDED:
        return f"The request is {request.state_words}: it has not ended."
    if request.appeal_until is None or request.appeal_until >= now().date():
        return f"The appeal window runs until {request.appeal_until or 'a day that is not set yet'}."
    if held_digests({request.artifact_digest, request.pdf_digest, request.bundle_digest} - {""}):
        return "A file of its proof is on hold; the hold keeps the record as well."
    first = request.duplicate_of
    if first is not None and first.shredded_at is None:
        return f"It was attached to {first.req_id}, whose own data is still kept."
    return ""


def shred_due() -> int:
    """Purge every ended request whose window is over and finish what a killed worker began; returns how many."""
    _shred_restored()
    begun = list(Purge.objects.filter(entry=None).values_list("request_id", flat=True))
    due = Request.objects.filter(state__in=ENDED, appeal_until__lt=now().date(), shredded_at=None, purge=None)
    first_ones_first = due.order_by(F("duplicate_of").asc(nulls_first=True), "pk")  # duplicates wait for them
    return sum(_purge(pk) for pk in [*begun, *first_ones_first.values_list("pk", flat=True)])


def _shred_restored() -> None:
    """Destroy again what a restored backup of the key store brought back."""
    for request in Request.objects.filter(key_name__in=keystore.names()).exclude(shredded_at=None):
        keystore.shred(request.key_name)


def _purge(request_id: int) -> bool:
    if not _begin(request_id):
        return False
    purging.forget_letters(request_id)
    purging.destroy_key(request_id)
    purging.finish(request_id)
    return True


@transaction.atomic
def _begin(request_id: int) -> bool:
    """Empty the rows in the transaction that decides: nobody can reopen or hold the request in between."""
    request = Request.objects.select_for_update(of=("self",)).select_related("duplicate_of").get(pk=request_id)
    if Purge.objects.filter(request=request).exists():
        return True
    if why_kept(request):
        return False
    purging.empty_rows(request)
    return True


@transaction.atomic
def extend(*, user: Any, request_id: int, until: date, reason: str) -> AppealExtension:
    """Keep the request's own data while a complaint runs; raises AppealRefused with a sentence."""
    require(user, Act.READ_REQUESTS)
    request = Request.objects.select_for_update().get(pk=request_id)
    before = _still_kept(request)
    if not reason.strip():
        raise AppealRefused("Keeping a record longer needs a reason: it becomes part of the evidence.")
    if until <= before or until > (now() + LONGEST).date():
        raise AppealRefused(f"Choose a day after {before} and at most three years from today.")
    made = AppealExtension.objects.create(
        request=request,
        until=until,
        before=before,
        reason=reason.strip(),
        extended_by=user,
        extended_at=now(),
    )
    request.appeal_until = until
    request.save(update_fields=["appeal_until"])
    payload = {"request": request.req_id, "until": str(until), "reason_digest": digest(made.reason.encode())}
    record(kinds.KEPT_LONGER, actor=actor_of(user), payload=payload)
    return made


@transaction.atomic
def end_extension(*, user: Any, request_id: int) -> date:
    """The complaint is over: back to the day before the extensions, or to today where that has passed."""
    require(user, Act.READ_REQUESTS)
    request = Request.objects.select_for_update().get(pk=request_id)
    _still_kept(request)
    running = request.extensions.filter(ended_at=None)
    first = running.order_by("pk").first()
    if first is None:
        raise AppealRefused("No complaint keeps this record longer.")
    request.appeal_until = max(first.before, now().date())
    request.save(update_fields=["appeal_until"])
    running.update(ended_at=now())
    payload = {"request": request.req_id, "until": str(request.appeal_until)}
    record(kinds.KEPT_NO_LONGER, actor=actor_of(user), payload=payload)
    return request.appeal_until


def _still_kept(request: Request) -> date:
    """The end of the present window; raises AppealRefused where there is none."""
    if request.shredded_at is not None or Purge.objects.filter(request=request).exists():
        raise AppealRefused("The record was destroyed: nothing of it can be kept longer.")
    if State(request.state) not in ENDED or request.appeal_until is None:
        raise AppealRefused("The request has not ended: its record is kept as long as it is open.")
    return request.appeal_until
