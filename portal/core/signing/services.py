"""Asking a person to sign a digest, and taking their signature."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.keys import server_sign
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.factors import has_second_factor
from portal.core.signing import selectors, tries
from portal.core.signing.errors import SigningRefused, WrongProof
from portal.core.signing.evidence_kinds import SIGNED
from portal.core.signing.models import Assertion, Challenge, Signature

if TYPE_CHECKING:
    from portal.core.identity.models import User
    from portal.core.signing.proofs import Nothing, Proof

__all__ = ["SigningRefused", "begin", "complete"]

LIFE = timedelta(minutes=5)
REUSED_WHILE_LEFT = timedelta(minutes=1)


@transaction.atomic
def begin(*, user: User, purpose: str, digest: str, version: str, role: str, ref: str) -> Challenge:
    """A challenge for `user` to sign `digest` within five minutes.

    Asking again for the same returns the same challenge while it has a minute left, so that reloading the page does
    not win new tries. Raises SigningRefused where the person cannot sign now.
    """
    _check_able(user)
    what = {"user": user, "purpose": purpose, "digest": digest, "version": version, "role": role, "ref": ref}
    at = now()
    open_one = Challenge.objects.filter(**what, used_at=None, expires_at__gt=at).order_by("-pk").first()
    if open_one and tries.locked(open_one):
        raise _too_many(open_one)
    if open_one and open_one.expires_at - at >= REUSED_WHILE_LEFT:
        return open_one
    Challenge.objects.filter(user=user, used_at=None, expires_at__lte=at).delete()
    return Challenge.objects.create(**what, created_at=at, expires_at=at + LIFE)


@transaction.atomic
def complete(*, user: User, challenge_id: int | str, proof: Proof | Nothing, current_digest: str) -> Signature:
    """Take the signature: check everything again, and record it with the server's countersignature.

    `proof` is what `signing.proofs.read(request.POST)` found; `current_digest` is what the signed thing hashes to now.
    Raises SigningRefused, and then nothing is signed; wrong tries are counted even where the caller's transaction is
    rolled back.
    """
    challenge = _locked_challenge(user, challenge_id)
    _check_open(challenge)
    _check_able(user)
    if challenge.digest != current_digest:
        raise SigningRefused("This changed after you opened it. Read it again, then sign what is there now.")
    _check_one_role(challenge)
    try:
        kept = proof.check(challenge)
    except WrongProof as wrong:
        left = tries.note_wrong(challenge, now())
        raise (_wrong(wrong, left) if left else _too_many(challenge)) from wrong
    return _take(challenge, proof.name, kept)


def _take(challenge: Challenge, method: str, kept: Assertion | None) -> Signature:
    at = now()
    challenge.used_at = at
    challenge.save(update_fields=["used_at"])
    said = challenge.statement
    key_id, countersignature = server_sign(said)
    signature = Signature.objects.create(
        user=challenge.user,
        purpose=challenge.purpose,
        ref=challenge.ref,
        digest=challenge.digest,
        version=challenge.version,
        role=challenge.role,
        nonce=challenge.nonce,
        method=method,
        statement=said,
        server_signature=countersignature,
        key_id=key_id,
        signed_at=at,
    )
    if kept is not None:
        kept.signature = signature
        kept.save(force_insert=True)
    _evidence(signature)
    return signature


def _evidence(signature: Signature) -> None:
    payload: dict[str, str | int] = {
        "purpose": signature.purpose,
        "ref": signature.ref,
        "digest": signature.digest,
        "version": signature.version,
        "role": signature.role,
        "method": signature.method,
        "statement": f"sha256:{sha256(signature.statement).hexdigest()}",
        "key": signature.key_id,
        "proof": selectors.material_digest(signature),
    }
    signature.entry = record(SIGNED, actor=actor_of(signature.user), payload=payload)
    signature.save(update_fields=["entry"])
    publish("signing.signature.given", {"purpose": signature.purpose, "ref": signature.ref}, key=signature.ref)


def _locked_challenge(user: User, challenge_id: int | str) -> Challenge:
    """The person's challenge, its row locked: two tabs cannot use it twice, nor race for a sixth try."""
    mine = Challenge.objects.select_for_update().filter(user=user)
    found = mine.filter(pk=int(challenge_id)).first() if str(challenge_id).isdecimal() else None
    if found is None:
        raise SigningRefused("This invitation to sign is not yours or is gone. Open the page again.")
    return found


def _check_open(challenge: Challenge) -> None:
    if challenge.used_at:
        raise SigningRefused("This invitation to sign was used already. Open the page again to see where it stands.")
    if challenge.expired(now()):
        raise SigningRefused("The five minutes to sign have passed. Open the page again.")
    if tries.locked(challenge):
        raise _too_many(challenge)


def _check_able(user: User) -> None:
    if not user.is_active or not has_second_factor(user):
        raise SigningRefused("Signing needs a passkey or one-time codes. Set one up under your account first.")
    if tries.exhausted(user.public_id, now()):
        raise SigningRefused("There were too many wrong tries within the last hour. Try again later.")


def _check_one_role(challenge: Challenge) -> None:
    """One person never gives two roles' signatures (design, "Accounts and access")."""
    given = Signature.objects.filter(user=challenge.user, purpose=challenge.purpose, ref=challenge.ref)
    other = given.exclude(role=challenge.role).first()
    if other:
        raise SigningRefused(f"You signed this as {other.role}; another person has to sign as {challenge.role}.")


def _wrong(wrong: WrongProof, left: int) -> SigningRefused:
    tries_left = "1 try" if left == 1 else f"{left} tries"
    return SigningRefused(f"{wrong} {tries_left} left.")


def _too_many(challenge: Challenge) -> SigningRefused:
    return SigningRefused(
        f"There were {tries.TRIES} wrong tries. You can sign again after {challenge.expires_at:%H:%M:%S} UTC."
    )
