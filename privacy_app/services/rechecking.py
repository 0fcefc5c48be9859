"""After the proof: asking every system again whether the subject stayed away, and what follows when it did not.

While the request's key exists, all three probes are asked by identifier. Afterwards only the tokens of the suppression
list are left: the identifiers that a system lists are compared with them, which is a logical check only, and says so.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of, system_actor
from portal.core.identity.policies import Act, require
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore
from privacy_app.domain.request import State
from privacy_app.models import Plan, Recheck, Request
from privacy_app.services import looking_again, reopening
from privacy_app.services.checking import current_steps
from privacy_app.services.lifecycle import RequestRefused, locked
from privacy_app.services.waking import wake_rechecks

Why = Recheck.Why
AFTER_DAYS = {Why.DAY_1: 1, Why.DAY_7: 7}
LEASE = timedelta(minutes=15)
ASK_AGAIN = timedelta(minutes=10)
ATTEMPTS = 18
"""Three hours of asking in vain; then the result says which systems were not asked."""


@transaction.atomic
def schedule(request: Request) -> None:
    """Plan the looks at one and seven days after the completion; called again it changes nothing."""
    if request.completed_at is None:
        raise ValueError("A request is looked at again after its completion.")
    for why, days in AFTER_DAYS.items():
        due = request.completed_at + timedelta(days=days)
        Recheck.objects.get_or_create(request=request, why=why, system_name="", due_at=due)
    reopening.end_page(request)


@transaction.atomic
def schedule_after_restore(system_name: str, at: datetime) -> int:
    """Look, at once, for every completed subject in a system that was restored; returns how many looks."""
    mine = Q(steps__system_name=system_name, steps__plan__state=Plan.State.APPROVED)
    touched = Request.objects.filter(mine, state=State.COMPLETED).distinct()
    looks = [Recheck(request=each, why=Why.RESTORE, system_name=system_name, due_at=at) for each in touched]
    Recheck.objects.bulk_create(looks, ignore_conflicts=True)
    wake_rechecks()
    return len(looks)


@transaction.atomic
def ask(*, user: Any, request_id: int) -> Recheck:
    """Look now, because a person wants to know; one that waits already is not asked for twice."""
    require(user, Act.READ_REQUESTS)
    request = locked(request_id)
    if State(request.state) is not State.COMPLETED:
        raise RequestRefused(f"Only a completed request is looked at again; this one is {request.state_words}.")
    waiting = Recheck.objects.filter(request=request, ran_at=None, why=Why.ON_DEMAND).first()
    found = waiting or Recheck.objects.create(request=request, why=Why.ON_DEMAND, due_at=now())
    if waiting is None:
        record(kinds.RECHECK_ASKED, actor=actor_of(user), payload={"request": request.req_id})
    wake_rechecks()
    return found


def run_due(limit: int = 50) -> int:
    """Do the looks that are due; several workers share them. Returns how many were tried."""
    tried = 0
    while tried < limit and (recheck := _claim()):
        run(recheck)
        tried += 1
    return tried


@transaction.atomic
def _claim() -> Recheck | None:
    at = now()
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    due = Recheck.objects.filter(free, ran_at=None, due_at__lte=at, request__state=State.COMPLETED)
    recheck = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at").first()
    if recheck is not None:
        recheck.lease_until, recheck.attempts = at + LEASE, recheck.attempts + 1
        recheck.save(update_fields=["lease_until", "attempts"])
    return recheck


def run(recheck: Recheck) -> None:
    """Look in every system and keep what was seen; a system that does not answer is asked again, for three hours."""
    request = recheck.request
    by_token = not keystore.exists(request.key_name)
    steps = [step for step in current_steps(request) if recheck.system_name in ("", step.system_name)]
    look = looking_again.by_token if by_token else looking_again.by_identifier
    looks = [seen for step in steps if (seen := look(step))]
    silent = [each for each in looks if each.hits is None and each.retry]
    if silent and not any(each.hits for each in looks) and recheck.attempts < ATTEMPTS:
        _again(recheck, silent)
        return
    _keep(recheck.pk, looks, by_token=by_token)


def _again(recheck: Recheck, silent: list[looking_again.Look]) -> None:
    words = f"{silent[0].system} could not be asked: {silent[0].sentence}"
    Recheck.objects.filter(pk=recheck.pk).update(trouble=words[:500], lease_until=now() + ASK_AGAIN)


@transaction.atomic
def _keep(recheck_id: int, looks: list[looking_again.Look], *, by_token: bool) -> None:
    """Result, ledger entry, and the reopening if there was a find: one transaction."""
    recheck = Recheck.objects.select_for_update().select_related("request").get(pk=recheck_id)
    if recheck.ran_at is not None:
        return  # another worker was first
    request = recheck.request
    recheck.found = sum(bool(each.hits) for each in looks)
    recheck.unasked = sum(each.hits is None and not each.skipped for each in looks)
    recheck.looks = [each.kept() for each in looks]
    recheck.ran_at, recheck.lease_until, recheck.trouble, recheck.by_token = now(), None, "", by_token
    recheck.sentence = _sentence(recheck, len(looks))
    payload: dict[str, str | int] = {
        "request": request.req_id,
        "why": recheck.why,
        "how": "tokens" if by_token else "identifiers",
        "datasets": len(looks),
        "found": recheck.found,
        "unasked": recheck.unasked,
    }
    recheck.entry = record(kinds.RECHECKED, actor=system_actor(reopening.ACTOR), payload=payload)
    recheck.save()
    if recheck.found:
        _reopen(request, recheck)


def _reopen(request: Request, recheck: Recheck) -> None:
    """After a restore there is no doubt what came back, so it is planned at once; else a person looks first."""
    if State(locked(request.pk).state) is not State.COMPLETED:
        return  # another look found it a moment ago
    reopened = reopening.found_again(request.pk, why=recheck.why, datasets=recheck.found or 0)
    if recheck.why == Why.RESTORE and not recheck.by_token:
        reopening.replan(reopened, system_actor(reopening.ACTOR), paged=True)


def _sentence(recheck: Recheck, datasets: int) -> str:
    how = "by token, with a logical query only," if recheck.by_token else "with every probe"
    if recheck.found:
        return f"Found again in {recheck.found} of {datasets} datasets, looked at {how}."
    if recheck.unasked:
        return f"Not found, but {recheck.unasked} of {datasets} datasets could not be looked at {how}."
    return f"Not found in any of {datasets} datasets, looked at {how}."
