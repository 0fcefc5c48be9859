"""Trying again what failed: one step now, or all that keep a request from completing."""

from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.identity.policies import Act, require
from privacy_app.domain.request import Action, State
from privacy_app.domain.steps import StepState
from privacy_app.models import Step
from privacy_app.services.checking import current_steps, is_complete
from privacy_app.services.lifecycle import RequestRefused, advance, locked
from privacy_app.services.waking import wake_propagation


@transaction.atomic
def retry(*, user: Any, step_id: int) -> Step:
    """Run a failed step again at once instead of when its turn comes; its earlier attempts stay on record."""
    require(user, Act.PLAN_DELETION)
    step = Step.objects.select_for_update().get(pk=step_id)
    request = locked(step.request_id)
    if State(request.state) is State.PARTIALLY_COMPLETE:
        _start_again(request)
        step.refresh_from_db()
    elif step.state in (StepState.RETRY, StepState.GAVE_UP):
        _reset(step)
    else:
        raise RequestRefused("Only a step that failed can be tried again.")
    wake_propagation()
    return step


def _start_again(request: Any) -> None:
    advance(request, Action.RETRY)
    request.checked_at = request.checked_entry = None
    request.save()
    for step in current_steps(request):
        if not is_complete(step):
            _reset(step)


def _reset(step: Step) -> None:
    """Attempts count anew for the waiting times; the rows of the earlier ones stay."""
    step.state, step.next_attempt_at, step.attempts = StepState.RETRY, now(), 0
    step.save(update_fields=["state", "next_attempt_at", "attempts"])
