"""Signing a proposal, and the new version of the matrix once the last one has signed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.signing import services as signing
from portal.core.signing.proofs import Nothing, Proof

from ..domain.changes import applied
from ..domain.documents import version_document
from ..domain.matrix import RowKind, as_json
from ..evidence_kinds import IN_FORCE, SIGNED
from ..models import Change, Demand, Proposal, Row, State, Version
from ..selectors.history import matrix_at
from ..selectors.proposals import demand_for, why_not_sign
from .errors import Refused
from .proposals import lock_matrix
from .telling import tell_in_force

PURPOSE = "raci"
FORMAT_VERSION = "1"


def begin_signature(*, user: Any, proposal: Proposal) -> Any:
    """A challenge of five minutes over the proposal's digest, as the holder for whom this person signs.

    Raises Refused with the reason: not open, signed already, or this person stands behind none of the holders.
    """
    demand = _demand(user, proposal)
    return signing.begin(
        user=user,
        purpose=PURPOSE,
        digest=proposal.digest,
        version=FORMAT_VERSION,
        role=demand.role,
        ref=proposal.ref,
    )


@transaction.atomic
def sign(*, user: Any, proposal: Proposal, challenge_id: Any, proof: Proof | Nothing) -> Demand:
    """Sign, and put the changes in force once the last signature is there.

    Raises Refused where the rules forbid it, SigningRefused where the proof or the challenge is not good.
    """
    lock_matrix()
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    demand = _demand(user, proposal)
    signature = signing.complete(
        user=user, challenge_id=challenge_id, proof=proof, current_digest=proposal.current_digest()
    )
    asked = (signature.purpose, signature.ref, signature.role, signature.digest)
    if asked != (PURPOSE, proposal.ref, demand.role, proposal.digest):
        raise Refused("This signature was begun for something else. Open the sign page again.")
    demand.sign(user, signature, signature.signed_at)
    payload: dict[str, str | int] = {
        "proposal": proposal.ref,
        "digest": proposal.digest,
        "holder": demand.holder,
        "capacity": demand.capacity,
        "method": signature.method,
        "signature": digest(bytes(signature.server_signature)),
    }
    record(SIGNED, actor=actor_of(user), payload=payload)
    if not proposal.demands.filter(user=None).exists():
        _come_into_force(proposal)
    return demand


def _demand(user: Any, proposal: Proposal) -> Demand:
    demand = demand_for(user, proposal)
    if demand is None:
        raise Refused(why_not_sign(user, proposal))
    return demand


def _come_into_force(proposal: Proposal) -> Version:
    """The next version: the one in force with these changes; inside the caller's lock."""
    latest = Version.objects.first()
    matrix = applied(matrix_at(latest), proposal.row_changes())
    number = latest.number + 1 if latest else 1
    document = version_document(number, matrix)
    hashed = digest(canonical_bytes(document))
    version = Version.objects.create(
        number=number, document=document, digest=hashed, proposal=proposal, in_force_at=now()
    )
    for change in proposal.changes.all():
        _put(change, version)
    proposal.state, proposal.ended_at = State.IN_FORCE, version.in_force_at
    proposal.save(update_fields=["state", "ended_at"])
    proposal.changes.update(open=False)
    payload: dict[str, str | int] = {
        "version": number,
        "digest": hashed,
        "proposal": proposal.ref,
        "rows": len(matrix),
    }
    record(IN_FORCE, actor=system_actor("raci"), payload=payload)
    publish("raci.version.in_force", {"version": number, "proposal_id": proposal.pk}, key=f"raci:version:{number}")
    tell_in_force(version)
    return version


def _put(change: Change, version: Version) -> None:
    """The row as it holds from now on, for looking it up."""
    after = change.row_change.after
    if after is None:
        Row.objects.filter(key=change.row_key).delete()
        return
    is_workstream = after.kind is RowKind.WORKSTREAM
    Row.objects.update_or_create(
        key=change.row_key,
        defaults={
            "kind": after.kind.value,
            "slug": change.row_key.partition(":")[2] if is_workstream else "",
            "title": after.title,
            "asset": change.asset,
            "accountable": after.accountable,
            "data": as_json(after),
            "version": version,
        },
    )
