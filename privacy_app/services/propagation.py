"""Running one step: look, delete, purge, look again in three ways, and say what was found.

Idempotent: a step that runs twice finds nothing the second time, and that is success. Each phase is saved as it ends,
so a worker that dies in between loses nothing but its time. How a step ends is kept by `step_results`.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists

from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.connectors import sessions
from privacy_app import keystore
from privacy_app.domain.request import State
from privacy_app.domain.steps import StepState
from privacy_app.domain.verdict import PHYSICAL, Judgement, Verdict, judge
from privacy_app.domain.windows import WindowRefused, is_open, opens_at, parse
from privacy_app.models import Request, Step
from privacy_app.services import appeal, attestations, holds, leasing, machinery, own_lineage, step_results

_log = logging.getLogger(__name__)


class StepFailed(RuntimeError):
    """The step ran and the subject is still there; the sentence says which probe found it."""


class PurgeWaits(Exception):
    """The delete is done; what still stops readers or destroys history may begin at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class OthersFirst(Exception):
    """Purged; other datasets in the same files are not, and would be seen by the byte probe of this one."""


@dataclass(frozen=True)
class Work:
    """A leased step with everything that its connector is called with."""

    step: Step
    connector: connectors.Erasable
    config: connectors.SystemConfig
    target: connectors.Target
    subject: connectors.Subject

    @classmethod
    def on(cls, step: Step) -> "Work":
        """Reach the step's system. Raises ConnectorError and KeyShredded."""
        connector, config = machinery.reach(step.system, step.kind)
        return cls(step, connector, config, machinery.target_of(step), machinery.subject_of(step.request))

    def still_mine(self) -> bool:
        """Asked by connectors right before anything is deleted, replaced or rewritten; a hold placed since says no."""
        mine = leasing.of_this_worker(self.step).values_list(Exists(holds.in_force()), flat=True).first()
        return mine is not None and holds.lets(self.step, any_in_force=mine)

    def probes(self, found: connectors.Found) -> dict[str, connectors.Probe]:
        """All three, as they answer now."""
        return machinery.all_probes(self.connector, self.config, self.target, self.subject, found)


def run_due(limit: int = 100) -> int:
    """Run steps until none is due, each by itself: a red system never blocks the others. Returns how many ran."""
    ran = 0
    while ran < limit and (step := leasing.lease_next()):
        run_step(step)
        ran += 1
    return ran


def run_step(step: Step) -> None:
    """Do one leased step and keep how it ended."""
    with leasing.one_worker_a_dataset(step.system_name, step.object_name) as alone:
        if not alone:
            leasing.hand_back(step)
            return
        try:
            with leasing.heartbeat(step), sessions.shared():
                judgement = _run(step)
        except connectors.FencedOff:
            _log.warning("step %s of request %s was taken from its worker", step.pk, step.request_id)
            leasing.hand_back(step)  # nothing happens where another worker has it
        except PurgeWaits as waits:
            step_results.wait_for_window(step, waits.until)
        except OthersFirst:
            step_results.wait_for_others(step)
        except (connectors.ConnectorError, StepFailed, keystore.KeyShredded, WindowRefused) as error:
            step_results.failed(step, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, the step is kept as failed and tried again
            _log.error("step %s failed by %s", step.pk, type(error).__name__)  # its text may hold values
            step_results.failed(step, f"The system answered with an error of kind {type(error).__name__}.")
        else:
            if judgement is not None:
                step_results.done(step, judgement)


def _run(step: Step) -> Judgement | None:
    """How the step ended; None where it goes on with a person."""
    kept = holds.of_step(step)
    if kept is not None:
        return holds.keep(step, kept)
    if attestations.is_by_hand(step.kind):
        _begin_destroying(step)
        return attestations.hand_over(step)
    return _portal(step) if step.is_portal else _erase(Work.on(step))


def _erase(work: Work) -> Judgement:
    found = _look(work)
    _begin_destroying(work.step)
    _delete(work, found)
    opening = _may_purge_from(work.step)
    _purge(work, found, allow_exclusive=work.step.allow_exclusive and opening is None)
    if work.connector.shares_files and _others_to_purge(work.step):
        raise OthersFirst
    judgement = _verify(work, found)
    if opening is not None and _still_on_disk(work.step):
        raise PurgeWaits(opening)
    if judgement.verdict is Verdict.FAILED:
        raise StepFailed(judgement.sentence)
    return judgement


def _look(work: Work) -> connectors.Found:
    """What is there now, and in every earlier look; the probes of before are those of the first attempt."""
    step = work.step
    step_results.phase(step, "looking")
    found = machinery.joined(machinery.found_of(step), work.connector.discover(work.config, work.target, work.subject))
    machinery.keep_found(step, found)
    if not step.probes:
        step_results.keep_probes(step, "before", work.probes(found))
    step_results.raise_baseline(step, found)
    return found


def _delete(work: Work, found: connectors.Found) -> None:
    step_results.phase(work.step, "deleting", "sealed_found", "probes")
    deleted = work.connector.delete(work.config, work.target, work.subject, still_mine=work.still_mine)
    step_results.add_amounts(work.step, found, deleted)


def _may_purge_from(step: Step) -> datetime | None:
    """When the purge that stops readers may begin; None where it may now. Raises WindowRefused for a bad setting."""
    if not step.allow_exclusive or step.system is None:
        return None
    windows = parse(str(step.system.settings.get("purge_window", "")))
    return None if is_open(windows, now()) else opens_at(windows, now())


def _purge(work: Work, found: connectors.Found, *, allow_exclusive: bool) -> None:
    step_results.phase(work.step, "purging", "amounts")
    work.connector.purge(
        work.config,
        work.target,
        work.subject,
        found,
        allow_exclusive=allow_exclusive,
        still_mine=work.still_mine,
    )
    work.step.purged_at = now()


def _others_to_purge(step: Step) -> bool:
    """Whether the request has another dataset in this system whose first purge is still to come.

    One that failed before is not waited for: then this step says by itself what it still finds.
    """
    step_results.phase(step, "purged", "purged_at")  # before the look: of two that end together neither waits
    others = Step.objects.filter(plan=step.plan_id, system=step.system_id, purged_at=None).exclude(pk=step.pk)
    return others.filter(state__in=(StepState.WAITING, StepState.RUNNING), attempts__lte=1).exists()


def _verify(work: Work, found: connectors.Found) -> Judgement:
    step = work.step
    step_results.phase(step, "verifying", "purged_at")
    step_results.keep_probes(step, "after", work.probes(found))
    left = work.connector.residuals(work.config, work.target, work.subject, found, today=now().date())
    step.residuals = [machinery.kept_residual(each) for each in left]
    judgement = judge(machinery.probes_of(step), machinery.residuals_of(step))
    step_results.phase(step, "judged", "probes", "residuals")
    return judgement


def _still_on_disk(step: Step) -> bool:
    """Whether only a purge that was held back can help: queries are clean, the files are not."""
    probes = machinery.probes_of(step)
    return not probes["logical"].after and any(probes[name].after for name in PHYSICAL if name in probes)


def _begin_destroying(step: Step) -> None:
    """From here on the request cannot be cancelled; raises FencedOff where it was cancelled a moment ago."""
    going = Request.objects.filter(pk=step.request_id, state=State.PROPAGATING)
    if not going.filter(destructive_from=None).update(destructive_from=now()) and not going.exists():
        raise connectors.FencedOff


def _portal(step: Step) -> Judgement:
    """Redact the portal's lineage; its record of the request stays until the appeal window ends, and says so."""
    if step.kind == own_lineage.KIND:
        return _lineage(step)
    until = appeal.open_window(step.request_id)
    step.residuals = [{"where": "this request's sealed identifiers", "expires_on": until.isoformat(), "hits": None}]
    text = f"The request's own record stays sealed until {until}; then its key is destroyed."
    return Judgement(Verdict.RESIDUAL, text, until)


def _lineage(step: Step) -> Judgement:
    step_results.phase(step, "redacting")
    judgement = own_lineage.run(step)
    step_results.phase(step, "judged", "probes", "amounts")
    if judgement.verdict is Verdict.FAILED:
        raise StepFailed(judgement.sentence)
    return judgement
