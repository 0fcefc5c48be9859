"""The privacy officer's grounds for a weaker promise about people: a reason, and evidence that exists."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction

from contracts_app import evidence_kinds, selectors
from contracts_app.domain.lifecycle import State
from contracts_app.models import Contract, Grounds, Version
from contracts_app.services.errors import Refused
from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.selectors import has_reference
from portal.core.evidence.services import record, store_artifact
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from portal.core.identity.models import User

MAX_DOCUMENT = 10 * 1024 * 1024
RETAIN_DAYS = 3650  # as long as the version's own evidence is asked for


@transaction.atomic
def give_grounds(
    *,
    user: User,
    version: Version,
    kind: str,
    path: str,
    reason: str,
    reference: str,
    key: uuid.UUID,
    document: Any = None,
) -> Grounds:
    """Attach grounds to one change of a version that asks for them, before it is in force.

    `reference` is the digest of a kept artifact ("sha256:…") or a ledger entry ("entry:12"); an uploaded `document` of
    at most 10 MiB is kept and takes its place. Raises Refused where the change asks for none, has some already, or the
    reference names nothing; PermissionDenied for others.
    """
    Contract.objects.select_for_update().get(pk=version.contract_id)
    version = Version.objects.select_related("contract").get(pk=version.pk)
    require(user, Act.SIGN_PRIVACY, version.contract)
    if (again := Grounds.objects.filter(key=key).first()) is not None:
        return again
    reason, reference = reason.strip(), _kept(document) if document else reference.strip()
    if refused := _refusals(version, kind, path, reason, reference):
        raise Refused(*refused)
    row = Grounds.objects.create(
        version=version, kind=kind, path=path, reason=reason, reference=reference, user=user, at=now(), key=key
    )
    payload = {
        **selectors.evidence_payload(version),
        "change": f"{kind} at {path or 'contract'}",
        "reference": reference,
        "reason_digest": digest(reason.encode()),
    }
    actor = actor_of(user, Role.PRIVACY_OFFICER)
    record(evidence_kinds.GROUNDS, actor=actor, payload=payload, team_id=version.contract.owner_team_id)
    return row


def _kept(document: Any) -> str:
    """Keep the uploaded document as an artifact; its digest."""
    if document.size > MAX_DOCUMENT:
        raise Refused("The document has more than 10 MiB. Keep it elsewhere and upload what it comes to.")
    media_type = document.content_type or "application/octet-stream"
    kept = store_artifact(document.read(), media_type=media_type, name=document.name[:100], retain_days=RETAIN_DAYS)
    return str(kept.digest)


def _refusals(version: Version, kind: str, path: str, reason: str, reference: str) -> list[str]:
    if version.state not in (State.PROPOSED, State.SCHEDULED):
        return [f"{version} is {version.state}; grounds are given while it is proposed or scheduled."]
    asked = {(change["kind"], change["path"]): given for change, given in selectors.grounds_asked(version)}
    if (kind, path) not in asked:
        return ["This change asks for no evidence."]
    if asked[kind, path] is not None:
        return ["Grounds were given for this change already."]
    said = [] if reason else ["Say why the weaker promise is right."]
    if not has_reference(reference):
        said.append("Name the evidence: the digest of a kept artifact (sha256:…) or a ledger entry (entry:12).")
    return said
