"""Proposing to change rows of the matrix, and withdrawing that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import connection, transaction

from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of

from ..domain.documents import proposal_document
from ..domain.matrix import Row as PureRow
from ..domain.matrix import as_json
from ..evidence_kinds import PROPOSED, WITHDRAWN
from ..models import Change, Demand, Proposal, State
from ..selectors.directory import Directory
from ..selectors.proposals import Draft, draft_of, may_withdraw, require_propose
from .errors import Refused
from .telling import tell_signers

if TYPE_CHECKING:
    import uuid

    from portal.core.identity.models import User

LEAST_REASON = 10
LOCK = 7_246_001


@transaction.atomic
def propose(*, user: User, rows: Sequence[PureRow], out: Sequence[str] = (), reason: str, key: uuid.UUID) -> Proposal:
    """Write a proposal down; it comes into force once everybody whom it asks has signed.

    `out` are keys of rows to take out; `key` makes a second POST harmless. Raises Refused with every reason,
    PermissionDenied where one of the rows is not the person's to propose.
    """
    known = Proposal.objects.filter(key=key, proposed_by=user).first()
    if known is not None:
        return known
    lock_matrix()
    draft = draft_of(rows, out=out)
    for row_key in [row.key for row in rows] + list(out):
        require_propose(user, draft.assets.get(row_key))
    if draft.refused:
        raise Refused(*draft.refused)
    if len(reason.strip()) < LEAST_REASON:
        raise Refused(f"Say why in at least {LEAST_REASON} characters: whoever signs reads it.")
    return _written(user, draft, reason.strip(), key)


def lock_matrix() -> None:
    """One writer of the matrix at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@transaction.atomic
def withdraw(*, user: User, proposal: Proposal, reason: str) -> Proposal:
    """End an open proposal with the reason that its signers will read; a second time changes nothing.

    Raises Refused without a reason or where it is in force or not this person's to withdraw.
    """
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if proposal.state == State.WITHDRAWN:
        return proposal
    if not may_withdraw(user, proposal):
        raise Refused(f"{proposal} can be withdrawn while it is open, by who proposed it or by the head of data.")
    if not reason.strip():
        raise Refused("Say why it is withdrawn; whoever signed or was asked to sign will read it.")
    proposal.state, proposal.ended_at = State.WITHDRAWN, now()
    proposal.withdrawn_by, proposal.withdrawn_reason = user, reason.strip()
    proposal.save(update_fields=["state", "ended_at", "withdrawn_by", "withdrawn_reason"])
    proposal.changes.update(open=False)
    payload = {"proposal": proposal.ref, "digest": proposal.digest, "reason_digest": digest(reason.strip().encode())}
    record(WITHDRAWN, actor=actor_of(user), payload=payload)
    publish("raci.proposal.withdrawn", {"proposal_id": proposal.pk}, key=proposal.ref)
    return proposal


def _written(user: User, draft: Draft, reason: str, key: uuid.UUID) -> Proposal:
    hashed = digest(canonical_bytes(proposal_document(draft.changes, reason=reason, asked=str(key))))
    proposal = Proposal.objects.create(reason=reason, digest=hashed, key=key, proposed_by=user, proposed_at=now())
    for change in draft.changes:
        Change.objects.create(
            proposal=proposal,
            row_key=change.key,
            title=change.title,
            asset=draft.assets.get(change.key),
            before=as_json(change.before) if change.before else None,
            after=as_json(change.after) if change.after else None,
        )
    _demand(proposal, draft, draft.known)
    payload: dict[str, str | int] = {
        "proposal": proposal.ref,
        "digest": hashed,
        "rows": len(draft.changes),
        "reason_digest": digest(reason.encode()),
    }
    record(PROPOSED, actor=actor_of(user), payload=payload)
    publish("raci.proposal.made", {"proposal_id": proposal.pk}, key=proposal.ref)
    tell_signers(proposal)
    return proposal


def _demand(proposal: Proposal, draft: Draft, known: Directory) -> None:
    for one in draft.demands:
        Demand.objects.create(
            proposal=proposal,
            holder=one.holder,
            label=known[one.holder].label,
            capacity=one.capacity,
            present=list(one.present),
            proposed=list(one.proposed),
            instead_of=[known[each].label for each in one.instead_of],
        )
