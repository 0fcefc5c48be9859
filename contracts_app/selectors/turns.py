"""Whose answer is waited for: a consumer team's, or the accountable person's on an objection."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from contracts_app.models import Version
from contracts_app.selectors.answers import Standing, answering, answers_are_asked, answers_of
from contracts_app.selectors.conditions import prepare
from contracts_app.selectors.duties import Answered
from contracts_app.selectors.prospects import ASKS, asking, weighable
from contracts_app.selectors.queue import RELATED
from portal.core.evidence.domain.canonical import digest
from portal.core.identity.policies import Act, may

Turn = tuple[Version, Standing]


def to_answer(user: Any) -> list[Turn]:
    """Versions in their notice that wait for an answer of a team of this person."""
    if not may(user, Act.ANSWER_CONTRACT):
        return []
    asked = _those_that_ask(Version.objects.filter(pk__in=asking(user)))
    return [(version, one) for version in asked for one in answering(user, version) if one.latest is None]


def to_weigh(user: Any) -> list[Turn]:
    """Objections that this person may overrule."""
    if not may(user, Act.SIGN_ACCOUNTABLE):
        return []
    found = _those_that_ask(weighable(user).filter(ASKS))
    weighed = [version for version in found if may(user, Act.SIGN_ACCOUNTABLE, Answered(version))]
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


def _those_that_ask(found: QuerySet[Version]) -> list[Version]:
    versions = list(found.select_related(*RELATED).order_by("proposed_at", "pk"))
    prepare(versions)
    return [version for version in versions if answers_are_asked(version)]
