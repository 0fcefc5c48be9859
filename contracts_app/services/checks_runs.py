"""Runs of contract tests: asked for, leased by one worker at a time, tested outside any transaction, written once."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from contracts_app import evidence_kinds, selectors
from contracts_app.domain.checks.outcome import OPEN, Finding, Kind, Outcome, RunState, tally, verdict
from contracts_app.domain.lifecycle import IN_FORCE
from contracts_app.models import TestResult, TestRun, Trigger, Version
from contracts_app.services.checks_probe import Probe, opener, steps
from portal.core.catalog.domain.systems import SystemRefused
from portal.core.clock.services import now
from portal.core.connectors.base import ConnectorError
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from portal.core.identity.actors import system_actor
from portal.core.identity.policies import Act, may, require

if TYPE_CHECKING:
    from portal.core.catalog.models import Placement

LEASE = timedelta(minutes=5)  # longer than one statement's limit, and renewed at every step
MAX_LEASES = 3
EVERY = timedelta(days=1)
KEPT = timedelta(days=400)
CLOCK = "contracts.tests"
_log = logging.getLogger(__name__)


def ask_for_test(*, user: Any, version: Version, key: UUID | None = None) -> TestRun:
    """Queue a run of the version; the open one where there is one. Raises PermissionDenied outside the team."""
    if not may(user, Act.HANDLE_INCIDENT, version.contract):
        require(user, Act.WRITE_CONTRACT, version.contract)
    return queue_test(version, trigger=Trigger.BY_HAND, user=user, key=key)


@transaction.atomic
def queue_test(version: Version, *, trigger: str, user: Any = None, key: UUID | None = None) -> TestRun:
    """Write down that the version is to be tested; a second wish while one is open is the same wish."""
    Version.objects.select_for_update().get(pk=version.pk)
    same = TestRun.objects.filter(key=key).first() if key else None
    found = same or TestRun.objects.filter(version=version, state__in=OPEN).first()
    if found is not None:
        return found
    return TestRun.objects.create(
        version=version,
        digest=version.digest or version.loaded.digest or "",
        trigger=trigger,
        state=RunState.QUEUED,
        asked_by=user,
        asked_at=now(),
        key=key,
    )


@transaction.atomic
def queue_due(limit: int = 50) -> list[int]:
    """Queue every version in force that nobody has tested for a day, the longest waiting first; the runs made."""
    late = now() - EVERY
    recent = Q(test_runs__state__in=OPEN) | Q(test_runs__finished_at__gt=late)
    tested = Version.objects.filter(recent, state__in=IN_FORCE).values("pk")
    due = Version.objects.filter(state__in=IN_FORCE).exclude(pk__in=tested).select_related("contract")
    return [queue_test(version, trigger=Trigger.SCHEDULE).pk for version in due.order_by("activated_at", "pk")[:limit]]


def forget_old_runs() -> int:
    """Delete runs older than 400 days with their results, those that decided over an activation excepted."""
    old = TestRun.objects.filter(finished_at__lt=now() - KEPT).exclude(trigger=Trigger.READINESS)
    return old.delete()[0]


def runs_without_worker(limit: int = 50) -> list[int]:
    """Runs that wait or whose worker is gone, the oldest first."""
    free = Q(leased_until=None) | Q(leased_until__lte=now())
    waiting = TestRun.objects.filter(free, state__in=OPEN).order_by("asked_at", "pk")
    return list(waiting.values_list("pk", flat=True)[:limit])


@transaction.atomic
def lease_run(run_id: int | None = None) -> TestRun | None:
    """Take one run that waits, or whose worker is gone; rows that another worker is taking are skipped."""
    present = now()
    free = Q(leased_until=None) | Q(leased_until__lte=present)
    waiting = TestRun.objects.select_for_update(skip_locked=True, of=("self",)).filter(free, state__in=OPEN)
    if run_id is not None:
        waiting = waiting.filter(pk=run_id)
    run = waiting.select_related("version__contract__asset").order_by("asked_at", "pk").first()
    if run is None:
        return None
    run.lease_number += 1
    run.state, run.leased_until, run.started_at = RunState.RUNNING, present + LEASE, run.started_at or present
    run.steps_done, run.step = 0, "looking for the data"
    run.save(update_fields=["lease_number", "state", "leased_until", "started_at", "steps_done", "step"])
    return run


def run_contract_tests(version: Version, *, trigger: str, actor: Actor | None = None) -> TestRun:
    """Test a version on its live data now, and give the finished run.

    A run of it that another worker holds is left to that worker and given as it stands.
    """
    queued = queue_test(version, trigger=trigger)
    run = lease_run(queued.pk)
    if run is None:
        return queued
    run.trigger = trigger  # one that somebody had queued serves this purpose now
    run.save(update_fields=["trigger"])
    return perform(run, actor=actor)


def perform(run: TestRun, *, actor: Actor | None = None) -> TestRun:
    """Test every placement that takes SQL, then write all results at once, unless the lease went elsewhere."""
    if run.lease_number > MAX_LEASES:
        said = f"{MAX_LEASES} workers were lost while they tested this. Look into the worker's log."
        return _finish(run, Told(reason=said), actor)
    try:
        told = _test(run)
    except LeaseLost:
        return TestRun.objects.get(pk=run.pk)
    except Exception as error:  # noqa: BLE001 - the run must end in words, whatever a driver raises
        # the text of an unknown error may quote data, so only where it happened is logged
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("contract test %s failed with %s at\n%s", run.pk, type(error).__name__, frames)
        told = Told(reason=f"The test itself failed ({type(error).__name__}); see the portal's log.")
    return _finish(run, told, actor)


class LeaseLost(Exception):
    """Another worker has the run now."""


@dataclass
class Told:
    """What a run has to tell: results by placement, rows, and where nothing could be asked the reason."""

    results: list[tuple[str, Finding]] = field(default_factory=list)
    rows: int | None = None
    reason: str = ""


def _test(run: TestRun) -> Told:
    version = run.version
    if version.loaded.document is None:
        return Told(reason="Cannot be tested: the document cannot be read as a contract. Mend what the check found.")
    places, why_not = selectors.places_to_test(version)
    if not places:
        return Told(reason=why_not)
    per_place = steps(version.document)
    TestRun.objects.filter(pk=run.pk).update(steps_total=per_place * len(places))
    told = Told(results=[("the document", found) for found in _unreadable(version)])
    for number, place in enumerate(places):
        _test_place(run, place, number * per_place, told)
    return told


def _unreadable(version: Version) -> Iterator[Finding]:
    """What of an older document today's check refuses was left out of its rules: said, not passed over."""
    for found in version.loaded.findings:
        if found.is_error:
            yield Finding(
                Kind.RULE, found.path or "document", Outcome.NOT_SUPPORTED, f"Line {found.line}: {found.message}"
            )


def _test_place(run: TestRun, place: Placement, done: int, told: Told) -> None:
    """One placement; where it cannot be read at all, that is its one result."""
    counter = iter(range(done, 1_000_000))
    name = str(place)[:700]

    def tell(what: str) -> None:
        _renew(run, next(counter), f"{place.system.name}: {what}")

    try:
        probe = Probe(run.version.document, opener(place), tell)
        told.results += [(name, found) for found in probe.findings()]
        told.rows = (told.rows or 0) + probe.rows if probe.rows is not None else told.rows
    except (ConnectorError, SystemRefused) as error:
        told.results.append((name, Finding(Kind.SCHEMA, "dataset", Outcome.NOT_RUN, f"Not run: {error}"[:500])))


def _renew(run: TestRun, done: int, step: str) -> None:
    """Say how far it is, and keep the lease. Raises LeaseLost where it has gone to another worker."""
    mine = TestRun.objects.filter(pk=run.pk, lease_number=run.lease_number, state=RunState.RUNNING)
    if not mine.update(steps_done=done, step=step[:200], leased_until=now() + LEASE):
        raise LeaseLost


@transaction.atomic
def _finish(run: TestRun, told: Told, actor: Actor | None) -> TestRun:
    held = TestRun.objects.select_for_update().select_related("version__contract").get(pk=run.pk)
    if held.lease_number != run.lease_number or held.state != RunState.RUNNING:
        return held
    TestResult.objects.bulk_create(_rows(held, told))
    held.counts = tally(finding for _, finding in told.results)
    held.state = verdict(held.counts) if told.results else RunState.NOT_TESTED
    held.rows, held.reason, held.finished_at = told.rows, told.reason[:400], now()
    held.steps_done, held.step, held.leased_until = held.steps_total, "", None
    held.save()
    if held.trigger == Trigger.READINESS:
        _record(held, actor or system_actor(CLOCK))
    return held


def _rows(run: TestRun, told: Told) -> Iterator[TestResult]:
    for position, (place, found) in enumerate(told.results):
        yield TestResult(
            run=run,
            position=position,
            place=place,
            kind=found.kind,
            name=found.name[:300],
            text=found.text,
            state=found.state,
            failing=found.failing,
            total=found.total,
            sentence=found.sentence[:500],
        )


def _record(run: TestRun, actor: Actor) -> None:
    """A run that decides over an activation goes into the ledger, with its counts."""
    payload: dict[str, str | int] = {
        **selectors.evidence_payload(run.version),
        "run": run.pk,
        "state": str(run.state),
        "rows": run.rows or 0,
        "ok": run.counts.get(Outcome.OK, 0),
        "failed": run.counts.get(Outcome.FAILED, 0),
        "not_run": run.counts.get(Outcome.NOT_RUN, 0),
    }
    team = run.version.contract.owner_team_id
    record(evidence_kinds.TESTED, actor=actor, payload=payload, team_id=team)
