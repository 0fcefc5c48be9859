"""Signing by passkey: a WebAuthn assertion with user verification whose challenge is the statement's hash.

Judged by Yubico's `fido2` against the credentials that allauth keeps, as WebAuthn Level 3 section 7.2 lists the steps;
what `fido2` leaves to its caller is done here: exact origin, framing, whose credential it is, the signature counter.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import AuthenticationResponse, PublicKeyCredentialRpEntity, UserVerificationRequirement

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.identity.enrolment import cose_of, credential_of
from portal.core.identity.factors import passkeys
from portal.core.identity.relying_party import NAME, origin, rp_id
from portal.core.signing.domain.statement import challenge_bytes
from portal.core.signing.errors import WrongProof
from portal.core.signing.models import Assertion
from portal.core.signing.proofs.base import Proof
from portal.core.signing.proofs.registry import method

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

    from portal.core.signing.models import Challenge

logger = logging.getLogger(__name__)
LONGEST = 16_384
"""Characters of an answer that are read; real ones have fewer than two thousand."""
REQUIRED = UserVerificationRequirement.REQUIRED.value
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
AGAIN = "Open the page again and sign once more."


@method("passkey", rank=10)
@dataclass(frozen=True)
class PasskeyAssertion(Proof):
    """The JSON of a PublicKeyCredential, as the sign form's script sends it."""

    strength = "passkey with user verification, which anybody can check again; not a qualified eIDAS signature"
    template = "portal/_partials/sign_by_passkey.html"

    answer: str = field(repr=False)

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> Self | None:
        """The field `passkey`."""
        return cls(sent["passkey"]) if sent.get("passkey") else None

    @classmethod
    def asks(cls, challenge: Challenge) -> dict[str, Any] | None:
        """The options for `navigator.credentials.get`, with only the person's own passkeys allowed."""
        allowed = [_descriptor(row) for row in passkeys(challenge.user)]
        if not allowed:
            return None
        options = {
            "challenge": websafe_encode(challenge_bytes(challenge.statement)),
            "rpId": rp_id(),
            "allowCredentials": allowed,
            "userVerification": REQUIRED,
            "timeout": max(1, int((challenge.expires_at - now()).total_seconds() * 1000)),
        }
        return {"options": json.dumps(options), "origin": origin()}

    def check(self, challenge: Challenge) -> Assertion:
        """Judge the assertion; what an offline verifier needs of it."""
        answer = _parsed(self.answer)
        row = _own(challenge, answer.raw_id)
        _check_client(answer)
        _check_by_fido2(challenge, row, answer)
        _check_count(row, answer)
        row.last_used_at = now()
        row.save(update_fields=["last_used_at"])
        return _kept(row, answer)


def _descriptor(row: Authenticator) -> dict[str, Any]:
    sent = row.data["credential"].get("response", {}).get("transports") or []
    return {"type": "public-key", "id": websafe_encode(credential_of(row).credential_id), "transports": sent}


def _parsed(text: str) -> AuthenticationResponse:
    try:
        return AuthenticationResponse.from_dict(dict(json.loads(text[:LONGEST])))
    except MALFORMED as error:
        raise WrongProof(f"The passkey's answer cannot be read. {AGAIN}") from error


def _own(challenge: Challenge, credential_id: bytes) -> Authenticator:
    """The person's passkey of that id, its row locked: two signatures cannot show the same counter at once."""
    for row in passkeys(challenge.user).select_for_update():
        if credential_of(row).credential_id == credential_id:
            return row
    raise WrongProof("This passkey is not, or no longer, one of yours. Sign with another, or add it to your account.")


def _check_client(answer: AuthenticationResponse) -> None:
    """What the browser says of the page that asked; `fido2` looks neither at frames nor, exactly, at the port."""
    said = answer.response.client_data
    if said.origin != origin():
        raise WrongProof(f"The passkey was used at another address than {origin()}. Open the portal there and sign.")
    if said.cross_origin or json.loads(said).get("topOrigin"):
        raise WrongProof("The passkey was used inside a page of somebody else. Open the portal by itself and sign.")


def _check_by_fido2(challenge: Challenge, row: Authenticator, answer: AuthenticationResponse) -> None:
    if not answer.response.authenticator_data.is_user_verified():
        raise WrongProof(
            "Your passkey did not check that it is you. Use one that asks for a PIN, a fingerprint or your face."
        )
    server = Fido2Server(PublicKeyCredentialRpEntity(name=NAME, id=rp_id()), verify_origin=origin().__eq__)
    expected = {
        "challenge": websafe_encode(challenge_bytes(challenge.statement)),
        "user_verification": UserVerificationRequirement.REQUIRED,
    }
    try:
        server.authenticate_complete(expected, [credential_of(row)], answer)
    except ValueError as error:
        raise WrongProof(f"The passkey's answer does not fit what you were asked to sign ({error}) {AGAIN}") from error


def _check_count(row: Authenticator, answer: AuthenticationResponse) -> None:
    """WebAuthn section 7.2, step 22: a counter that does not grow tells of a copied key; zero twice means none is kept.

    The last counter is that of the last signature, or of the registration: it only grows, and is never reset.
    """
    auth = row.wrap().authenticator_data
    last = (
        Assertion.objects.filter(credential=_name(auth.credential_data.credential_id)).order_by("-sign_count").first()
    )
    seen, count = max(auth.counter, last.sign_count if last else 0), answer.response.authenticator_data.counter
    if (seen or count) and count <= seen:
        logger.warning("A passkey's counter went back at a signature: authenticator row %s", row.pk)
        raise WrongProof(
            f"The passkey's counter stands at {count}, but stood at {seen} before: there may be a copy of it. "
            "Remove this passkey from your account and tell your administrator."
        )


def _name(credential_id: bytes) -> str:
    return digest(credential_id)


def _kept(row: Authenticator, answer: AuthenticationResponse) -> Assertion:
    said = answer.response
    return Assertion(
        client_data=bytes(said.client_data),
        authenticator_data=bytes(said.authenticator_data),
        person_signature=bytes(said.signature),
        public_key=cose_of(row),
        credential=_name(answer.raw_id),
        rp_id=rp_id(),
        origin=origin(),
        sign_count=said.authenticator_data.counter,
    )
