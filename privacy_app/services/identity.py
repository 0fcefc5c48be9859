"""Proving who asks: a one-use code to the claimed address, or a member of staff who says why."""

import hashlib
import hmac
import secrets
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
from privacy_app.domain.notices import Notice
from privacy_app.domain.request import Action, State
from privacy_app.models import Identifier, Request, VerificationCode
from privacy_app.services.lifecycle import RequestRefused, advance, locked, wanted
from privacy_app.services.notices import tell
from privacy_app.services.waking import wake_resolution

LIFE = timedelta(minutes=30)
CODES_AN_HOUR = 3
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class CodeRefused(ValueError):
    """The code does not verify this request; the sentence says what to do next."""


@transaction.atomic
def send_code(*, request_id: int) -> bool:
    """Send a fresh code to the claimed address; False where it got its three of this hour already."""
    request = locked(request_id)
    to = request.identifiers.filter(kind="email").first()
    if to is None or _too_many(to.lookup):
        return False
    advance(request, Action.SEND_CODE)
    request.save()
    plain = "".join(secrets.choice(LETTERS) for _ in range(8))
    request.codes.filter(used_at=None).update(expires_at=now())
    request.codes.create(identifier=to, code_hash=_hash(request, plain), sent_at=now(), expires_at=now() + LIFE)
    values = {
        "code": plain,
        "minutes": str(int(LIFE.total_seconds() // 60)),
        "due": f"{request.statutory(now()).due:%Y-%m-%d}",
    }
    tell(request, Notice.RECEIPT, values, number=request.codes.count())
    return True


def _too_many(lookup: str) -> bool:
    """Whether this address was written to often enough: intake must not become a way to pester somebody."""
    recent = VerificationCode.objects.filter(identifier__lookup=lookup, sent_at__gt=now() - timedelta(hours=1))
    return recent.count() >= CODES_AN_HOUR


def _hash(request: Request, code: str) -> str:
    key = keystore.keys_of(request.key_name).pseudonym
    return hmac.new(key, b"code\0" + code.strip().upper().encode(), hashlib.sha256).hexdigest()


def verify_code(*, request_id: int, code: str) -> Request:
    """Take the code: one use, half an hour, five wrong tries. Raises CodeRefused; a wrong try stays counted."""
    request, refusal = _try_code(request_id, code)
    if refusal:
        raise CodeRefused(refusal)
    return request


@transaction.atomic
def _try_code(request_id: int, code: str) -> tuple[Request, str]:
    request = locked(request_id)
    if State(request.state) is not State.IDENTITY_PENDING:
        return request, "This request does not wait for a code. Look at its state above."
    newest = request.codes.first()
    if newest is None or not newest.usable(now()):
        return request, _why_unusable(newest)
    if not hmac.compare_digest(newest.code_hash, _hash(request, code)):
        return request, _count_wrong(newest)
    newest.used_at = now()
    newest.save()
    newest.identifier.standing = Identifier.Standing.PROVED
    newest.identifier.save()
    _verified(request, "one-time code by e-mail", system_actor("privacy.identity"))
    return request, ""


def _why_unusable(newest: VerificationCode | None) -> str:
    if newest is not None and newest.locked:
        return "This code is locked after five wrong tries. Ask for a new one below."
    return "This code has expired or was used. Ask for a new one below."


def _count_wrong(newest: VerificationCode) -> str:
    newest.wrong_tries += 1
    newest.save()
    if newest.locked:
        return "This code is wrong, and it is locked after five wrong tries. Ask for a new one below."
    return "This code is wrong. Check the newest message from us and type all eight characters."


def _verified(request: Request, method: str, actor: Actor) -> None:
    advance(request, Action.VERIFY_IDENTITY)
    request.verified_at, request.verify_method = now(), method
    request.save()
    record(kinds.IDENTITY_VERIFIED, actor=actor, payload={"request": request.req_id, "method": method})
    wake_resolution()


@transaction.atomic
def override(*, user: Any, request_id: int, reason: str) -> Request:
    """Accept the identity behind the e-mail address without a code. The method is kept, never a document."""
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    request.verify_reason = wanted(reason, "Accepting an identity without a code")
    address = request.identifiers.filter(kind="email").first()
    if address is None:
        raise RequestRefused("This request holds no address that could be accepted.")
    address.standing = Identifier.Standing.PROVED
    address.save()
    _verified(request, "accepted by staff", actor_of(user))
    return request
