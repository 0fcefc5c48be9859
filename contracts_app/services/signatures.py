"""Signing a proposal: a challenge over its hash, a check of the rules at the end, and the ledger's entry."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from contracts_app import evidence_kinds, selectors
from contracts_app.domain.lifecycle import SigningRole, missing
from contracts_app.models import Contract, SignatureLink, Version
from contracts_app.services.activation import schedule
from contracts_app.services.errors import Refused
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import require
from portal.core.signing import services as signing
from portal.core.signing.proofs import Nothing, Proof

PURPOSE = "contract"


def begin_signature(*, user: Any, version: Version) -> Any:
    """A challenge of five minutes over the version's hash, in the one role that the person may sign in.

    Raises Refused with the reason (not proposed, signed already, no such role, the proposer).
    """
    role = selectors.signing_role(user, version)
    if role is None:
        raise Refused(selectors.why_not_sign(user, version))
    return signing.begin(
        user=user,
        purpose=PURPOSE,
        digest=version.digest,
        version=version.number,
        role=role.value,
        ref=version.ref,
    )


@transaction.atomic
def sign(*, user: Any, version: Version, challenge_id: Any, proof: Proof | Nothing) -> SignatureLink:
    """Sign, and put the version on its way once the last signature is there.

    Raises Refused where the rules forbid it, SigningRefused where the proof (of `signing.proofs.read`) or the challenge
    is not good (a wrong try is counted even so).
    """
    Contract.objects.select_for_update().get(pk=version.contract_id)
    version = Version.objects.select_related("contract").get(pk=version.pk)
    role = selectors.signing_role(user, version)
    if role is None:
        raise Refused(selectors.why_not_sign(user, version))
    require(user, selectors.ACT_OF[role], selectors.signs_for(version, role))
    signature = signing.complete(
        user=user,
        challenge_id=challenge_id,
        proof=proof,
        current_digest=version.loaded.digest or "",
    )
    return _link(user, version, role, signature)


def _link(user: Any, version: Version, role: SigningRole, signature: Any) -> SignatureLink:
    """Bind the signature; one that was asked for another version, role or hash is not taken."""
    asked = (signature.ref, signature.role, signature.digest, signature.version)
    if asked != (version.ref, role.value, version.digest, version.number):
        raise Refused("This signature was begun for something else. Open the sign page again.")
    link = SignatureLink.objects.create(version=version, role=role.value, user=user, signature=signature)
    payload = {
        **selectors.evidence_payload(version),
        "capacity": role.value,
        "method": signature.method,
        "signature": digest(bytes(signature.server_signature)),
    }
    actor = actor_of(user, selectors.held_as(user, role))
    record(evidence_kinds.SIGNED, actor=actor, payload=payload, team_id=version.contract.owner_team_id)
    if not missing(version.roles_needed, version.signed()):
        schedule(user=user, version=version)
    return link
