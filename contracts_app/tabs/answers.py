"""Consumers of a version: what each team said, and what it said before."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from contracts_app import selectors
from contracts_app.domain.lifecycle import SigningRole, State
from contracts_app.models import Version
from contracts_app.tabs import tab
from portal.core.identity.policies import Act, may


@tab(key="answers", title="Consumers", order=30, template="contracts_app/tabs/answers.html")
def answers_tab(request: HttpRequest, version: Version) -> dict[str, Any]:
    """One line a consumer; the answers of each in the order in which they came."""
    answers = selectors.signs_for(version, SigningRole.ACCOUNTABLE)
    overruled = version.proposed_by_id != request.user.pk and may(request.user, Act.SIGN_ACCOUNTABLE, answers)
    return {
        "standings": selectors.answers_of(version) if version.loaded.document else [],
        "asked": selectors.answers_are_asked(version),
        "over": version.state not in (State.DRAFT, State.PROPOSED, State.SCHEDULED),
        "answer_for": selectors.answering(request.user, version) if version.loaded.document else [],
        "may_overrule": overruled and version.state in (State.PROPOSED, State.SCHEDULED),
        "given": request.GET.get("given", ""),
    }
