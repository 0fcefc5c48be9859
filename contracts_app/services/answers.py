"""Answers of consumer teams: accept, object, withdraw, overrule, and the silence that the end of a notice records."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction

from contracts_app import evidence_kinds, selectors
from contracts_app.domain.answers import Said, refusal
from contracts_app.domain.lifecycle import SigningRole, State
from contracts_app.models import Answer, Contract, Version
from contracts_app.selectors.answers import Standing
from contracts_app.services.errors import Refused
from portal.core.clock.services import now
from portal.core.events.services import publish
from portal.core.evidence.actors import Actor
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from portal.core.identity.roles import Role

if TYPE_CHECKING:
    from portal.core.identity.models import User

GIVEN_BY_A_TEAM = (Said.ACCEPTED, Said.OBJECTED, Said.WITHDRAWN)


@transaction.atomic
def answer(*, user: User, version: Version, team_id: int, said: Said, reason: str, key: uuid.UUID) -> Answer:
    """A consumer team accepts the version, objects to it, or withdraws its objection.

    `key` makes a second POST harmless. Raises Refused with the reason (not a consumer, too late, no reason given),
    PermissionDenied where the person is no consumer in that team.
    """
    version = _locked(version)
    if (again := Answer.objects.filter(key=key, user=user).first()) is not None:
        return again
    one = _standing(version, team_id)
    require(user, Act.ANSWER_CONTRACT, selectors.Party(one.team.pk, one.team.name))
    if version.state == State.ACTIVE and said is not Said.ACCEPTED:
        raise Refused("The contract ends when its window has passed; a team can only accept that it ends sooner.")
    if said not in GIVEN_BY_A_TEAM:
        raise Refused("A team accepts, objects, or withdraws its objection.")
    return _add(version, one, said, reason.strip(), user=user, actor=actor_of(user, Role.CONSUMER), key=key)


@transaction.atomic
def overrule(*, user: User, version: Version, team_id: int, reason: str, key: uuid.UUID) -> Answer:
    """The accountable person ends an objection, with a reason; never whoever proposed the version.

    Raises Refused where there is no objection or no reason, PermissionDenied where somebody else asks.
    """
    version = _locked(version)
    if (again := Answer.objects.filter(key=key, user=user).first()) is not None:
        return again
    require(user, Act.SIGN_ACCOUNTABLE, selectors.signs_for(version, SigningRole.ACCOUNTABLE))
    if version.proposed_by_id == user.pk:
        raise Refused("You proposed this version, so somebody else weighs the objection to it.")
    one = _standing(version, team_id)
    actor = actor_of(user, selectors.held_as(user, SigningRole.ACCOUNTABLE))
    return _add(version, one, Said.OVERRULED, reason.strip(), user=user, actor=actor, key=key)


def note_silence(version: Version) -> int:
    """Record each consumer that let the notice pass as notified; the number of them. Inside the caller's lock."""
    if version.state != State.SCHEDULED or not selectors.answers_are_asked(version) or not _notice_over(version):
        return 0
    silent = [one for one in selectors.answers_of(version) if one.latest is None]
    actor = system_actor("contracts.notice")
    for one in silent:
        _write(version, one, Said.NOTIFIED, "", user=None, actor=actor, key=None)
    version.__dict__.get("_prefetched_objects_cache", {}).pop("answers", None)
    return len(silent)


def _locked(version: Version) -> Version:
    """The version as it is now; nobody else changes its contract until the transaction ends."""
    Contract.objects.select_for_update().get(pk=version.contract_id)
    return Version.objects.select_related("contract").get(pk=version.pk)


def _standing(version: Version, team_id: int) -> Standing:
    if not selectors.answers_are_asked(version):
        raise Refused(f"{version} asks its consumers nothing: it is {version.state}, or its change has no notice.")
    found = next((one for one in selectors.answers_of(version) if one.team and one.team.pk == team_id), None)
    if found is None:
        raise Refused(f"{version} does not name this team as a consumer.")
    return found


def _add(version: Version, one: Standing, said: Said, reason: str, **by: Any) -> Answer:
    latest = one.latest.word if one.latest else None
    refused = refusal(latest, said, reason=reason, notice_over=_notice_over(version))
    if refused:
        raise Refused(refused)
    return _write(version, one, said, reason, **by)


def _write(
    version: Version, one: Standing, said: Said, reason: str, *, user: User | None, actor: Actor, key: uuid.UUID | None
) -> Answer:
    """The row, its ledger entry and the news of it."""
    row = Answer.objects.create(
        version=version,
        consumer=one.consumer,
        team=one.team,
        said=said.value,
        reason=reason,
        user=user,
        at=now(),
        key=key,
    )
    payload = {
        **selectors.evidence_payload(version),
        "consumer": _recorded_name(one),
        "answer": said.value,
        "reason_digest": digest(reason.encode()) if reason else "none",
    }
    record(evidence_kinds.ANSWERED[said], actor=actor, payload=payload, team_id=version.contract.owner_team_id)
    publish("contracts.answer.given", {"version_id": version.pk, "answer_id": row.pk}, key=version.contract.name)
    return row


def _recorded_name(one: Standing) -> str:
    """The team's name; a string that names none may be an address of a person, so the ledger takes its digest."""
    return str(one.team) if one.team else f"a consumer of no known team ({digest(one.consumer.encode())[:19]})"


def _notice_over(version: Version) -> bool:
    return version.notice_ends_at is not None and version.notice_ends_at <= now()
