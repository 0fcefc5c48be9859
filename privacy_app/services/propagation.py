"""Running one step: look, delete, purge, look again in three ways, and say what was found.

Idempotent: a step that runs twice finds nothing the second time, and that is success. Each phase is saved as it ends,
so a worker that dies in between loses nothing but its time.
"""

import logging
from typing import Any

from django.db import transaction

from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore
from privacy_app.domain.request import State
from privacy_app.domain.steps import StepState, after_failure
from privacy_app.domain.verdict import Judgement, Verdict, judge
from privacy_app.models import Request, Step
from privacy_app.services import appeal, leasing, machinery, own_lineage
from privacy_app.services.waking import wake_proofs

_log = logging.getLogger(__name__)


class StepFailed(RuntimeError):
    """The step ran and the subject is still there; the sentence says which probe found it."""


def run_due(limit: int = 100) -> int:
    """Run steps until none is due, each by itself: a red system never blocks the others. Returns how many ran."""
    ran = 0
    while ran < limit and (step := leasing.lease_next()):
        run_step(step)
        ran += 1
    return ran


def run_step(step: Step) -> None:
    """Do one leased step and keep how it ended."""
    with leasing.one_worker_a_dataset(step) as alone:
        if not alone:
            leasing.hand_back(step)
            return
        try:
            with leasing.heartbeat(step):
                judgement = _portal(step) if step.is_portal else _erase(step)
        except connectors.FencedOff:
            _log.warning("step %s of request %s went to another worker", step.pk, step.request_id)
        except (connectors.ConnectorError, StepFailed, keystore.KeyShredded) as error:
            _failed(step, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, the step is kept as failed and tried again
            _log.error("step %s failed by %s", step.pk, type(error).__name__)  # its text may hold values
            _failed(step, f"The system answered with an error of kind {type(error).__name__}.")
        else:
            _done(step, judgement)


def _erase(step: Step) -> Judgement:
    connector, config = machinery.reach(step.system, step.kind)
    target, subject = machinery.target_of(step), machinery.subject_of(step.request)
    _phase(step, "looking")
    found = machinery.joined(machinery.found_of(step), connector.discover(config, target, subject))
    machinery.keep_found(step, found)
    if not step.probes:
        _keep_probes(step, "before", machinery.all_probes(step, connector, config, found))
    _begin_destroying(step)
    _phase(step, "deleting", "sealed_found", "probes")
    deleted = connector.delete(config, target, subject, still_mine=lambda: leasing.holds_lease(step))
    _add_amounts(step, found, deleted)
    _phase(step, "purging", "amounts")
    connector.purge(
        config,
        target,
        subject,
        found,
        allow_exclusive=step.allow_exclusive,
        still_mine=lambda: leasing.holds_lease(step),
    )
    step.purged_at = now()
    _phase(step, "verifying", "purged_at")
    _keep_probes(step, "after", machinery.all_probes(step, connector, config, found))
    left = connector.residuals(config, target, subject, found, today=now().date())
    step.residuals = [machinery.kept_residual(each) for each in left]
    judgement = judge(machinery.probes_of(step), machinery.residuals_of(step))
    _phase(step, "judged", "probes", "residuals")
    if judgement.verdict is Verdict.FAILED:
        raise StepFailed(judgement.sentence)
    return judgement


def _portal(step: Step) -> Judgement:
    """Redact the portal's lineage; its record of the request stays until the appeal window ends, and says so."""
    if step.kind == own_lineage.KIND:
        return _lineage(step)
    until = appeal.open_window(step.request_id)
    step.residuals = [{"where": "this request's sealed identifiers", "expires_on": until.isoformat(), "hits": None}]
    text = f"The request's own record stays sealed until {until}; then its key is destroyed."
    return Judgement(Verdict.RESIDUAL, text, until)


def _lineage(step: Step) -> Judgement:
    _phase(step, "redacting")
    judgement = own_lineage.run(step)
    _phase(step, "judged", "probes", "amounts")
    if judgement.verdict is Verdict.FAILED:
        raise StepFailed(judgement.sentence)
    return judgement


def _phase(step: Step, phase: str, *fields: str) -> None:
    """Save what is known so far, only while this worker holds the step."""
    step.phase = phase
    mine = Step.objects.filter(pk=step.pk, fence=step.fence, state=StepState.RUNNING)
    if not mine.update(phase=phase, **{field: getattr(step, field) for field in fields}):
        raise connectors.FencedOff


def _begin_destroying(step: Step) -> None:
    """From here on the request cannot be cancelled; raises where it was cancelled a moment ago."""
    going = Request.objects.filter(pk=step.request_id, state=State.PROPAGATING)
    if not going.filter(destructive_from=None).update(destructive_from=now()) and not going.exists():
        raise connectors.FencedOff


def _add_amounts(step: Step, found: connectors.Found, deleted: connectors.Deleted) -> None:
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


def _keep_probes(step: Step, when: str, probes: dict[str, connectors.Probe]) -> None:
    kept = dict(step.probes)
    for name, probe in probes.items():
        kept[name] = {**kept.get(name, {}), when: probe.hits, "reason": probe.reason}
    step.probes = kept


@transaction.atomic
def _done(step: Step, judgement: Judgement) -> None:
    mine = Step.objects.filter(pk=step.pk, fence=step.fence, state=StepState.RUNNING)
    if not mine.update(
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
    ):
        return
    step.tries.filter(fence=step.fence).update(ended_at=now(), outcome="done", sentence=judgement.sentence)
    payload: dict[str, str | int] = {
        "request": step.request.req_id,
        "system": step.system_name,
        "dataset": step.dataset,
        "verdict": judgement.verdict.value,
        "rows": int(step.amounts.get("rows", 0)),
        "attempts": step.tries.count(),
    }
    record(kinds.STEP_DONE, actor=system_actor("privacy.propagation"), payload=payload)
    wake_proofs()


@transaction.atomic
def _failed(step: Step, sentence: str) -> None:
    state, again = after_failure(step.attempts, now())
    verdict = Verdict.FAILED.value if step.probes else ""
    Step.objects.filter(pk=step.pk, fence=step.fence, state=StepState.RUNNING).update(
        state=state,
        phase="",
        error=sentence,
        lease_until=None,
        next_attempt_at=again,
        verdict=verdict,
        verdict_text=sentence,
    )
    step.tries.filter(fence=step.fence).update(ended_at=now(), outcome="failed", sentence=sentence)
    wake_proofs()
