"""How a step's progress and its end are kept: each phase as it ends, each attempt with its outcome.

Everything here writes only while the step still belongs to the worker: its fencing number is the newest.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore
from privacy_app.domain.steps import HEARTBEAT, StepState, after_failure
from privacy_app.domain.verdict import Judgement, Verdict
from privacy_app.models import Step
from privacy_app.services.telling import tell_step
from privacy_app.services.waking import wake_proofs

ACTOR = "privacy.propagation"


def phase(step: Step, reached: str, *fields: str) -> None:
    """Save what is known so far. Raises FencedOff where the step went to another worker."""
    step.phase = reached
    if not _change(step, phase=reached, **{field: getattr(step, field) for field in fields}):
        raise connectors.FencedOff


def add_amounts(step: Step, found: connectors.Found, deleted: connectors.Deleted) -> None:
    """What went: as much as was found before, so that a worker that died after its delete loses no count.

    Keys and partitions leave only as salted digests.
    """
    salt = keystore.keys_of(step.request.key_name).pseudonym
    amounts: dict[str, Any] = {**step.amounts, "rows": max(step.amounts.get("rows", 0), found.count, deleted.rows)}
    for name, values in (("ids", (*found.keys, *deleted.ids)), ("partitions", deleted.partitions)):
        hashed = {f"hmac-sha256:{each}" for each in connectors.digests(values, salt)}
        if merged := sorted(hashed.union(amounts.get(name, ()))):
            amounts[name] = merged
    step.amounts = amounts


def keep_probes(step: Step, when: str, probes: dict[str, connectors.Probe]) -> None:
    """Keep readings from "before" or "after" beside what is known."""
    kept = dict(step.probes)
    for name, probe in probes.items():
        kept[name] = {**kept.get(name, {}), when: probe.hits, "reason": probe.reason}
    step.probes = kept


def raise_baseline(step: Step, found: connectors.Found) -> None:
    """What came between two attempts was there before its delete: it may not end as "never found here"."""
    logical = step.probes.get("logical", {})
    if found.count and logical.get("before") == 0:
        step.probes = {**step.probes, "logical": {**logical, "before": found.count}}


@transaction.atomic
def done(step: Step, judgement: Judgement) -> None:
    """The step has ended with a verdict; entry and change are one transaction."""
    ended = _change(
        step,
        state=StepState.DONE,
        phase="",
        error="",
        lease_until=None,
        next_attempt_at=None,
        verdict=judgement.verdict,
        verdict_text=judgement.sentence,
        until=judgement.until,
        residuals=step.residuals,
        done_at=now(),
    )
    if not ended:
        return
    step.verdict = judgement.verdict
    _close_attempt(step, "done", judgement.sentence)
    tell_step(step.request, step, "done")
    payload: dict[str, str | int] = {
        "request": step.request.req_id,
        "system": step.system_name,
        "dataset": step.dataset,
        "verdict": judgement.verdict.value,
        "rows": int(step.amounts.get("rows", 0)),
        "attempts": step.tries.count(),
    }
    record(kinds.STEP_DONE, actor=system_actor(ACTOR), payload=payload)
    wake_proofs()


@transaction.atomic
def failed(step: Step, sentence: str) -> None:
    """The attempt failed: it is tried again when its waiting time is over, or given up after the last one."""
    state, again = after_failure(step.attempts, now())
    ended = _change(
        step,
        state=state,
        phase="",
        error=sentence,
        lease_until=None,
        next_attempt_at=again,
        verdict=Verdict.FAILED.value if step.probes else "",
        verdict_text=sentence,
    )
    if not ended:
        return
    _close_attempt(step, "failed", sentence)
    tell_step(step.request, step, "gave_up" if state is StepState.GAVE_UP else "failed")
    wake_proofs()


@transaction.atomic
def wait_for_window(step: Step, until: datetime) -> None:
    """Deleted and not yet purged: the step waits for its system's window, and this look is no attempt at it."""
    sentence = (
        "Deleted, and still in the files. The purge that stops readers or destroys history waits for this system's "
        f"window, which opens {until:%Y-%m-%d %H:%M} UTC."
    )
    ended = _change(
        step,
        state=StepState.PURGE_WAITS,
        phase="",
        error="",
        lease_until=None,
        next_attempt_at=until,
        attempts=step.attempts - 1,
        verdict="",
        verdict_text=sentence,
    )
    if ended:
        _close_attempt(step, "waits", sentence)
        tell_step(step.request, step, "purge_waits")


@transaction.atomic
def wait_for_others(step: Step) -> None:
    """Purged, and to be verified when the other datasets in the same files are purged too: no attempt is counted."""
    sentence = "Purged. It is verified when the request's other datasets in the same files are purged too."
    later = now() + HEARTBEAT / 10  # the others come first: a step that was never taken is due at once
    waits = _change(
        step,
        state=StepState.WAITING,
        phase="",
        error="",
        lease_until=None,
        next_attempt_at=later,
        attempts=step.attempts - 1,
        verdict="",
        verdict_text=sentence,
    )
    if waits:
        _close_attempt(step, "waits", sentence)


def _change(step: Step, **values: Any) -> bool:
    """Change the step's row; False where it is no longer this worker's."""
    return bool(Step.objects.filter(pk=step.pk, fence=step.fence, state=StepState.RUNNING).update(**values))


def _close_attempt(step: Step, outcome: str, sentence: str) -> None:
    step.tries.filter(fence=step.fence).update(ended_at=now(), outcome=outcome, sentence=sentence)
