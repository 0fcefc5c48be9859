"""Holding notices back for a while, and ending that early; evaluation goes on all the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require

from .. import evidence_kinds
from ..domain.durations import words
from ..domain.silence import LABELS, LONGEST
from ..models import Incident, Silence

if TYPE_CHECKING:
    from portal.core.identity.models import Team, User


class SilenceRefused(ValueError):
    """The silence that was asked for cannot be; the sentence says why."""


@transaction.atomic
def make_silence(
    *,
    user: User,
    team: Team,
    matchers: Mapping[str, str],
    starts_at: datetime | None,
    ends_at: datetime,
    reason: str,
    key: UUID | None = None,
) -> Silence:
    """Tell nobody of the team's alerts that fit all `matchers`, from `starts_at` (None: now) to `ends_at`.

    A form that is sent twice (the same `key`) makes one silence. Raises PermissionDenied for people who may not handle
    the team's incidents, and SilenceRefused without a reason, without a near end, or for a label that no alert has.
    """
    made = Silence.objects.filter(key=key).first() if key else None
    if made is not None:
        return made
    present = now()
    silence = Silence(team=team, starts_at=max(starts_at or present, present), ends_at=ends_at, created_at=present)
    silence.matchers = {label: pattern.strip()[:300] for label, pattern in matchers.items()}
    silence.reason, silence.author, silence.key = reason.strip()[:400], user, key
    require(user, Act.HANDLE_INCIDENT, silence)
    _check(silence)
    silence.save()
    payload = _subject(silence) | {
        "starts": silence.starts_at.isoformat(),
        "until": silence.ends_at.isoformat(),
        "reason_digest": digest(silence.reason.encode()),
    }
    record(evidence_kinds.SILENCE_MADE, actor=actor_of(user), payload=payload, team_id=team.pk)
    return silence


@transaction.atomic
def end_silence(*, user: User, silence: Silence) -> Silence:
    """End it now; what is still wrong is told at once. Ending what is over changes nothing."""
    require(user, Act.HANDLE_INCIDENT, silence)
    silence = Silence.objects.select_for_update(of=("self",)).select_related("team").get(pk=silence.pk)
    present = now()
    if silence.ends_at <= present:
        return silence
    silence.ends_at, silence.ended_by = present, user
    silence.starts_at = min(silence.starts_at, present)
    silence.save(update_fields=["starts_at", "ends_at", "ended_by"])
    record(evidence_kinds.SILENCE_ENDED, actor=actor_of(user), payload=_subject(silence), team_id=silence.team_id)
    return silence


def silence_incident(*, user: User, incident: Incident, until: datetime, reason: str) -> Silence:
    """A silence that fits the alert of one incident and no other; it is noted in the incident."""
    require(user, Act.HANDLE_INCIDENT, incident)
    if incident.resolved_at is not None:
        raise SilenceRefused("It is resolved already.")
    team = incident.slo.owner_team
    assert team is not None  # only people of its team may handle it
    matchers = {"burn": ""} | incident.alert.labels
    with transaction.atomic():
        silence = make_silence(user=user, team=team, matchers=matchers, starts_at=None, ends_at=until, reason=reason)
        text = f"{user.name} silenced it until {until:%Y-%m-%d %H:%M} UTC: {silence.reason}"
        incident.note(silence.starts_at, "silenced", text, user)
    return silence


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raises SilenceRefused where a silence would have no end, or one too far away."""
    if ends_at <= starts_at:
        raise SilenceRefused("A silence must end in the future, and after it starts.")
    if ends_at > starts_at + LONGEST:
        raise SilenceRefused(f"A silence lasts {words(LONGEST)} at most; set a nearer end.")


def _check(silence: Silence) -> None:
    if not silence.reason:
        raise SilenceRefused("Say why nobody should be told.")
    check_times(silence.starts_at, silence.ends_at)
    unknown = sorted(set(silence.matchers) - set(LABELS))
    if unknown:
        raise SilenceRefused(f"No alert has the label {', '.join(unknown)}. There are {', '.join(LABELS)}.")


def _subject(silence: Silence) -> dict[str, str | int]:
    return {"silence": silence.pk, "team": silence.team.slug, "alerts": silence.sentence}
