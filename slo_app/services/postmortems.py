"""The post-mortem: asked for at the resolution, again after 12 hours, called late after 24, and written once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from portal.core.catalog.selectors import channels_of
from portal.core.clock.services import now
from portal.core.evidence.domain.canonical import digest
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.core.identity.policies import Act, require
from portal.core.oncall import services as oncall

from .. import evidence_kinds
from ..domain.postmortem import DUE_AFTER, REMIND_AFTER, unanswered
from ..models import Incident
from ..models.slo import Severity
from ..selectors.incidents import key_of
from .incidents import IncidentError

if TYPE_CHECKING:
    from portal.core.identity.models import User

PURPOSE = "postmortem"


@transaction.atomic
def write_postmortem(*, user: User, incident: Incident, text: str) -> Incident:
    """Write down what was learnt, which closes an incident of page severity for good, and post it to the channel."""
    require(user, Act.HANDLE_INCIDENT, incident)
    incident = (
        Incident.objects.select_for_update(of=("self",)).select_related("alert", "slo__asset").get(pk=incident.pk)
    )
    if incident.resolved_at is None:
        raise IncidentError("It is not resolved yet; the post-mortem comes after.")
    if not text.strip():
        raise IncidentError("Write what happened, why, and what will be different.")
    if open_sections := unanswered(text):
        raise IncidentError(
            f"Nothing stands under: {', '.join(open_sections)}. Write a line under each, even if short."
        )
    incident.postmortem, incident.postmortem_at, incident.postmortem_by = text.strip(), now(), user
    incident.save(update_fields=["postmortem", "postmortem_at", "postmortem_by"])
    incident.note(incident.postmortem_at, "postmortem", f"{user.name} wrote the post-mortem.", user)
    payload: dict[str, str | int] = {
        "incident": incident.number,
        "slo": incident.slo_id,
        "asset": incident.slo.asset.key,
        "text_digest": digest(incident.postmortem.encode()),
    }
    record(evidence_kinds.POSTMORTEM, actor=actor_of(user), payload=payload, team_id=incident.slo.owner_team_id)
    _post(incident, "written", "Post-mortem of", incident.postmortem, incident.postmortem_at)
    return incident


def remind_of_postmortems(limit: int = 100) -> int:
    """Ask again for post-mortems half their time after the resolution, and say which are late; returns how many."""
    present = now()
    due = Incident.objects.filter(severity=Severity.PAGE, drill=False, postmortem_at=None)
    late = due.filter(resolved_at__lte=present - DUE_AFTER, overdue_told_at=None)
    soon = due.filter(resolved_at__lte=present - REMIND_AFTER, resolved_at__gt=present - DUE_AFTER, reminded_at=None)
    done = sum(_remind(pk, present, late=True) for pk in list(late.values_list("pk", flat=True)[:limit]))
    return done + sum(_remind(pk, present, late=False) for pk in list(soon.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _remind(pk: int, present: datetime, *, late: bool) -> bool:
    locked = Incident.objects.select_for_update(of=("self",), skip_locked=True).select_related("alert", "slo__asset")
    field = "overdue_told_at" if late else "reminded_at"
    incident = locked.filter(pk=pk, postmortem_at=None, resolved_at__isnull=False, **{field: None}).first()
    if incident is None:
        return False
    due = incident.postmortem_due_at
    assert due is not None  # only incidents that need one are looked at
    word = "was due" if late else "is due"
    setattr(incident, field, present)
    incident.save(update_fields=[field])
    what, title = ("overdue", "Post-mortem overdue:") if late else ("reminder", "Post-mortem due soon:")
    text = f"The post-mortem of {incident.number} {word} at {due:%Y-%m-%d %H:%M} UTC, and nobody has written it."
    told = _post(incident, what, title, text, present)
    incident.note(present, what, f"{text} {_places(told)}")
    return True


def _post(incident: Incident, what: str, title: str, body: str, at: datetime) -> int:
    """To the team's post-mortem channel; where it has none, to who is on call."""
    team = incident.slo.owner_team
    if team is None:
        return 0
    return oncall.tell(
        team=team,
        key=f"{key_of(incident)}:postmortem:{what}:{incident.rounds}",
        summary=f"{title} {incident.number} ({incident.slo})",
        body=body,
        url=incident.get_absolute_url(),
        details={"component": incident.slo.asset.key, "class": incident.slo.kind},
        at=at,
        purpose=PURPOSE if channels_of(team, PURPOSE) else "alerts",
    )


def _places(told: int) -> str:
    if not told:
        return "Nobody could be told: the team has no post-mortem channel and nobody on call."
    return f"Told {told} place{'' if told == 1 else 's'}."
