"""The end of waiting for a proof of identity: one reminder, then an honest end.

Decided (docs/decisions/0025): after two weeks a request that nobody proved is denied, because GDPR Art. 12(4) owes
every requester an answer with its remedies; what was proved in time is not lost, such a request goes on with it.
"""

from datetime import datetime, timedelta

from django.db import transaction

from portal.core.identity.actors import system_actor
from privacy_app.domain.clocks import REMIND_BEFORE
from privacy_app.domain.notices import Notice
from privacy_app.domain.request import Action, State
from privacy_app.domain.status_words import Because
from privacy_app.models import Identifier, Letter, Request
from privacy_app.services import identity
from privacy_app.services.lifecycle import end
from privacy_app.services.notices import remedies_of, tell

ACTOR = "privacy.identity"
BASIS = "GDPR Art. 12(2) and 12(6): the identity was not shown"
BASIS_CCPA = "CCPA regulations section 7062(g): the identity was not verified"
LETTERS_A_DAY = 3


def remind_due(at: datetime) -> int:
    """Remind everybody whose time to prove their identity is half over, once; returns how many."""
    near = Request.objects.filter(
        state=State.IDENTITY_PENDING, reminded_at=None, verify_until__lte=at + REMIND_BEFORE, verify_until__gt=at
    )
    return sum(_remind(pk, at) for pk in near.values_list("pk", flat=True))


@transaction.atomic
def _remind(request_id: int, at: datetime) -> bool:
    request = _still(request_id)
    if request is None or request.reminded_at:
        return False
    request.reminded_at = at
    request.save(update_fields=["reminded_at"])
    if _pestered(request, at):
        return False
    tell(request, Notice.REMINDER, {"until": f"{request.verify_until:%Y-%m-%d}"})
    return True


def expire_due(at: datetime) -> int:
    """End what nobody proved in time; returns how many requests it moved."""
    over = Request.objects.filter(state=State.IDENTITY_PENDING, verify_until__lte=at)
    return sum(_expire(pk, at) for pk in over.values_list("pk", flat=True))


@transaction.atomic
def _expire(request_id: int, at: datetime) -> bool:
    request = _still(request_id)
    if request is None or request.verify_until is None or request.verify_until > at:
        return False
    if identity.proved(request):
        identity.go_on(request_id=request_id)
        return True
    until = f"{request.verify_until:%Y-%m-%d}"
    request.closed_basis = BASIS_CCPA if request.law == "ccpa" else BASIS
    request.closed_text = f"Nobody showed by {until} that the request came from the owner of the address."
    quiet = _pestered(request, at)
    end(request, Action.EXPIRE, Because.UNVERIFIED, system_actor(ACTOR))
    if not quiet:
        tell(request, Notice.EXPIRED, {"until": until, "remedies": remedies_of(request)})
    return True


def _still(request_id: int) -> Request | None:
    """The request, locked, if it still waits for its code and no other worker is at it."""
    free = Request.objects.select_for_update(skip_locked=True)
    return free.filter(pk=request_id, state=State.IDENTITY_PENDING).first()


def _pestered(request: Request, at: datetime) -> bool:
    """Whether to stay silent: the address never got a code of this request, or enough letters about others today.

    Many requests that name one victim must not become as many letters.
    """
    lookups = request.identifiers.filter(kind="email", standing=Identifier.Standing.CLAIMED).values_list(
        "lookup", flat=True
    )
    if not request.letters.filter(kind=Notice.VERIFY).exists():
        return True
    today = Letter.objects.filter(lookup__in=list(lookups), made_at__gt=at - timedelta(days=1))
    return today.exclude(kind=Notice.VERIFY).count() >= LETTERS_A_DAY
