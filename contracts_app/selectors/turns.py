"""Whose answer is waited for: a consumer team's, or the accountable person's on an objection."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from contracts_app.domain.lifecycle import State
from contracts_app.models import Version
from contracts_app.selectors.answers import Standing, answering, answers_are_asked, answers_of
from contracts_app.selectors.conditions import prepare
from contracts_app.selectors.queue import RELATED
from portal.core.evidence.domain.canonical import digest
from portal.core.identity.policies import Act, may

_ASKS = Q(state__in=(State.PROPOSED, State.SCHEDULED)) | Q(state=State.ACTIVE, ends_at__isnull=False)
Turn = tuple[Version, Standing]


def to_answer(user: Any) -> list[Turn]:
    """Versions in their notice that wait for an answer of a team of this person."""
    if not may(user, Act.ANSWER_CONTRACT):
        return []
    return [(version, one) for version in _asking() for one in answering(user, version) if one.latest is None]


def to_weigh(user: Any) -> list[Turn]:
    """Objections that this person may overrule."""
    if not may(user, Act.SIGN_ACCOUNTABLE):
        return []
    weighed = [version for version in _asking() if version.proposed_by_id != user.pk]
    return [(version, one) for version in weighed for one in answers_of(version) if one.objects and one.team]


def answers_for_proof(version: Version) -> list[dict[str, str]]:
    """The answers as a proof holds them: no name of a person, no reason in clear; oldest first."""
    return [
        {
            "consumer": answer.team.slug if answer.team else digest(answer.consumer.encode()),
            "answer": answer.said,
            "at": answer.at.isoformat(),
            "by": str(answer.user.public_id) if answer.user else "clock",
            "reason_digest": digest(answer.reason.encode()) if answer.reason else "none",
        }
        for answer in version.answers.select_related("team", "user")
    ]


def _asking() -> list[Version]:
    versions = list(Version.objects.filter(_ASKS).select_related(*RELATED).order_by("proposed_at", "pk"))
    prepare(versions)
    return [version for version in versions if answers_are_asked(version)]
