"""Proving who asks: one-use codes to the given addresses, or a member of staff who says how they know and why."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore
from privacy_app.domain.clocks import VERIFY_WITHIN
from privacy_app.domain.notices import Notice
from privacy_app.domain.request import Action, State
from privacy_app.models import Identifier, Letter, Pause, Request, VerificationCode
from privacy_app.services.lifecycle import RequestRefused, advance, locked, wanted
from privacy_app.services.notices import tell
from privacy_app.services.waking import wake_resolution

LIFE = timedelta(minutes=30)
CODES_AN_HOUR = 3
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
BEFORE_PROOF = (State.RECEIVED, State.IDENTITY_PENDING)  # not while paused: the code goes when it is resumed
BY_CODE = "one-time code by e-mail"
METHODS = {
    "counter": "accepted by staff: known at the counter",
    "document": "accepted by staff: document seen, not kept",
    "signature": "accepted by staff: signature compared",
    "callback": "accepted by staff: called back",
    "account": "accepted by staff: signed in to their account",
    "other": "accepted by staff",
}


class CodeRefused(ValueError):
    """The code does not verify this request; the sentence says what to do next."""


def send_due_codes(limit: int = 200) -> int:
    """Send the first codes of new requests; returns how many requests were looked at.

    Intake only notes that a code is due, so that its answer takes the same time for every address.
    """
    due = (
        Request.objects.filter(code_due=True, state__in=BEFORE_PROOF)
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(_send_due(pk) for pk in due)


@transaction.atomic
def _send_due(request_id: int) -> bool:
    request = Request.objects.select_for_update(skip_locked=True).filter(pk=request_id).first()
    if request is None or not request.code_due or request.state not in BEFORE_PROOF:
        return False
    _send_codes(request)
    return True


@transaction.atomic
def send_code(*, request_id: int) -> bool:
    """Send fresh codes to the addresses that are not proved yet; False where each got its three of this hour already.

    Raises TransitionRefused where the request waits for no code.
    """
    return _send_codes(locked(request_id))


def _send_codes(request: Request) -> bool:
    addresses = list(
        request.identifiers.filter(kind="email", standing=Identifier.Standing.CLAIMED).exclude(sealed=None)
    )
    if not addresses:
        return False
    advance(request, Action.SEND_CODE)
    _open_window(request)
    request.code_due = False
    request.save()
    sent = [_send_one(request, each) for each in addresses]
    return any(sent)


def _open_window(request: Request) -> None:
    """From the first code on the subject has two weeks; the wait is a pause of the net clock with that end."""
    if request.verify_until is None:
        request.verify_until = now() + VERIFY_WITHIN
        request.pauses.create(
            cause=Pause.Cause.IDENTITY,
            started_at=now(),
            until=request.verify_until,
            reason="waits for the subject's code",
        )


def _send_one(request: Request, to: Identifier) -> bool:
    if too_many(to.lookup):
        return False
    plain = "".join(secrets.choice(LETTERS) for _ in range(8))
    to.codes.filter(used_at=None).update(expires_at=now())
    request.codes.create(identifier=to, code_hash=_hash(request, plain), sent_at=now(), expires_at=now() + LIFE)
    values = {
        "code": plain,
        "minutes": str(int(LIFE.total_seconds() // 60)),
        "until": f"{request.verify_until:%Y-%m-%d}",
    }
    tell(request, Notice.VERIFY, values, number=request.codes.count(), to=to)
    return True


def too_many(lookup: str) -> bool:
    """Whether this address was written to often enough: intake must not become a way to pester somebody."""
    recent = Letter.objects.filter(lookup=lookup, kind=Notice.VERIFY, made_at__gt=now() - timedelta(hours=1))
    return recent.count() >= CODES_AN_HOUR


def _hash(request: Request, code: str) -> str:
    key = keystore.keys_of(request.key_name).pseudonym
    return hmac.new(key, b"code\0" + code.strip().upper().encode(), hashlib.sha256).hexdigest()


def verify_code(*, request_id: int, code: str) -> Request:
    """Take the code: one use, half an hour, five wrong tries. Raises CodeRefused; a wrong try stays counted.

    It proves the address that it was sent to. The request goes on once no other address waits for a code.
    """
    request, refusal = _try_code(request_id, code)
    if refusal:
        raise CodeRefused(refusal)
    return request


@transaction.atomic
def _try_code(request_id: int, code: str) -> tuple[Request, str]:
    request = locked(request_id)
    if State(request.state) is not State.IDENTITY_PENDING:
        return request, "This request does not wait for a code. Look at its state above."
    newest = _newest_codes(request)
    usable = [each for each in newest if each.usable(now())]
    if not usable:
        return request, _why_unusable(newest)
    given = _hash(request, code)
    right = [each for each in usable if hmac.compare_digest(each.code_hash, given)]
    if not right:
        return request, _count_wrong(usable)
    _prove(right[0])
    if not _waiting(request):
        _verified(request, BY_CODE, system_actor("privacy.identity"))
    return request, ""


def _newest_codes(request: Request) -> list[VerificationCode]:
    """The newest code of each address that is not proved yet."""
    codes: dict[int, VerificationCode] = {}
    for code in request.codes.select_related("identifier"):
        codes.setdefault(code.identifier_id, code)
    return [each for each in codes.values() if each.identifier.standing == Identifier.Standing.CLAIMED]


def _prove(code: VerificationCode) -> None:
    code.used_at = now()
    code.save()
    code.identifier.standing = Identifier.Standing.PROVED
    code.identifier.save()


def _waiting(request: Request) -> bool:
    return request.identifiers.filter(kind="email", standing=Identifier.Standing.CLAIMED).exists()


def _why_unusable(newest: list[VerificationCode]) -> str:
    if any(each.locked for each in newest):
        return "This code is locked after five wrong tries. Ask for a new one below."
    return "This code has expired or was used. Ask for a new one below."


def _count_wrong(usable: list[VerificationCode]) -> str:
    for each in usable:
        each.wrong_tries += 1
        each.save()
    if all(each.locked for each in usable):
        return "This code is wrong, and it is locked after five wrong tries. Ask for a new one below."
    return "This code is wrong. Check the newest message from us and type all eight characters."


@transaction.atomic
def go_on(*, request_id: int) -> Request:
    """The subject's own wish to go on with the addresses proved so far; the others stay claims, and are left out."""
    request = locked(request_id)
    if State(request.state) is not State.IDENTITY_PENDING or not proved(request):
        raise RequestRefused("Prove at least one address first, by the code that we sent to it.")
    _verified(request, BY_CODE, system_actor("privacy.identity"))
    return request


def proved(request: Request) -> bool:
    """Whether anything of this request is proved."""
    return request.identifiers.filter(standing__in=(Identifier.Standing.PROVED, Identifier.Standing.ACCEPTED)).exists()


def _verified(request: Request, method: str, actor: Actor) -> None:
    advance(request, Action.VERIFY_IDENTITY)
    request.verified_at, request.verify_method = now(), method
    request.code_due = False
    request.pauses.filter(cause=Pause.Cause.IDENTITY, ended_at=None).update(ended_at=now())
    request.save()
    record(kinds.IDENTITY_VERIFIED, actor=actor, payload={"request": request.req_id, "method": method})
    if not request.letters.filter(kind=Notice.RECEIPT).exists():
        tell(request, Notice.RECEIPT, {})
    wake_resolution()


@transaction.atomic
def override(
    *, user: Any, request_id: int, reason: str, method: str = "other", identifiers: Collection[int] = ()
) -> Request:
    """Accept the identity without a code. `method` says how it was checked; the document itself is never kept.

    `identifiers` are the rows that are accepted; without any, the e-mail address. Raises RequestRefused where the
    request has none of them.
    """
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    request.verify_reason = wanted(reason, "Accepting an identity without a code")
    given = request.identifiers.exclude(sealed=None)
    rows = list(given.filter(pk__in=identifiers) if identifiers else given.filter(kind="email")[:1])
    if not rows or len(rows) < len(set(identifiers)):
        raise RequestRefused("Choose which of the given identifiers you accept.")
    for row in rows:
        standing = Identifier.Standing
        row.standing = standing.PROVED if row.kind == "email" else standing.ACCEPTED
        row.save()
    _verified(request, METHODS.get(method, METHODS["other"]), actor_of(user))
    return request
