"""A registry for the rooms above: is live data ready for a new version before it comes into force?

Checks that only read the portal's own rows run where they are asked, inside the activation's transaction. Those that
look at live data are asked outside of it, by a worker with a lease; the activation then reads the kept answers, which
hold for a quarter of an hour and for one hash of the contract. After an answer "not ready" the clock waits longer each
time before it asks again; a person may ask at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from celery import signature
from django.db import transaction
from django.db.models import F, Q

from contracts_app import selectors
from contracts_app.models import ReadinessRun, Version
from contracts_app.services.errors import Refused
from portal.core.clock.beat import wake
from portal.core.clock.services import now
from portal.core.identity.policies import Act, may, require

FRESH = timedelta(minutes=15)
LEASE = timedelta(minutes=30)  # a worker may test several placements; a lost one is replaced after this
BACK_OFF = (timedelta(minutes=5), timedelta(hours=6))  # first and longest wait; doubled each time


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a check found: whether the version may come into force, and a sentence with the figures.

    `waits` says that it has not answered yet; `url` is where its figures stand.
    """

    ok: bool
    text: str
    waits: bool = False
    url: str = ""


ReadinessCheck = Callable[[Version], Readiness | None]
Asks = Callable[[Version], bool]


@dataclass(frozen=True, slots=True)
class Registered:
    """A check, and the question whether it has to look at live data for a version."""

    check: ReadinessCheck
    asks: Asks


_checks: dict[str, Registered] = {}


def readiness_check(name: str, *, asks: Asks = lambda _version: False) -> Callable[[ReadinessCheck], ReadinessCheck]:
    """Register the function below it; it answers None where it has nothing to say about a version.

    Where `asks(version)`, the check looks at live data and is run by a worker; else it must be quick.
    """

    def register(check: ReadinessCheck) -> ReadinessCheck:
        _checks[name] = Registered(check, asks)
        return check

    return register


def run_checks(version: Version) -> list[dict[str, object]]:
    """What every registered check says of the version, as kept with it; the slow ones as they last answered."""
    slow = [name for name, each in sorted(_checks.items()) if each.asks(version)]
    found = {name: each.check(version) for name, each in sorted(_checks.items()) if name not in slow}
    answers = [_kept(name, answer) for name, answer in found.items() if answer is not None]
    return sorted([*answers, *_slow_answers(version, slow)], key=lambda answer: str(answer["check"]))


@transaction.atomic
def ask_readiness(*, user: Any, version: Version) -> ReadinessRun | None:
    """Have the checks run now; None where none has to look at live data, and the answer stands already.

    Raises Refused for a version that does not wait for force, PermissionDenied outside the team.
    """
    if not may(user, Act.HANDLE_INCIDENT, version.contract):
        require(user, Act.WRITE_CONTRACT, version.contract)
    if version.state not in selectors.ASKABLE:
        raise Refused(f"{version} is {version.state}; only a version that waits for force is made ready.")
    if not any(each.asks(version) for each in _checks.values()):
        keep_answers(version)
        return None
    return _ask(version, at_once=True)


def lease_readiness(version_id: int) -> ReadinessRun | None:
    """Take a version's slow checks, unless another worker has them or nobody asked; the number tells workers apart."""
    present = now()
    free = Q(leased_until=None) | Q(leased_until__lte=present)
    with transaction.atomic():
        asked = ReadinessRun.objects.select_for_update(skip_locked=True).filter(free, version=version_id)
        run = asked.filter(Q(answered_at=None) | Q(asked_at__gt=F("answered_at"))).first()
        if run is not None:
            run.leased_until, run.lease_number = present + LEASE, run.lease_number + 1
            run.save(update_fields=["leased_until", "lease_number"])
    return run


def answer_readiness(run: ReadinessRun) -> bool:
    """Run the slow checks of a leased version, outside any transaction, and keep what they say; False if lease lost."""
    version = selectors.version_by_id(run.version_id)
    if version is None:
        return False
    slow = [(name, each.check) for name, each in sorted(_checks.items()) if each.asks(version)]
    answers = [_kept(name, answer) for name, check in slow if (answer := check(version)) is not None]
    return _finish(run, version, answers, {name for name, _ in slow})


def readiness_without_worker(limit: int = 50) -> list[int]:
    """Versions whose checks were asked for and that nobody holds: a lost message or worker."""
    free = Q(leased_until=None) | Q(leased_until__lte=now())
    waiting = ReadinessRun.objects.filter(free).filter(Q(answered_at=None) | Q(asked_at__gt=F("answered_at")))
    return list(waiting.order_by("asked_at").values_list("version_id", flat=True)[:limit])


def keep_answers(version: Version) -> None:
    """Write what the checks say now beside the version, for its page."""
    at = now()
    Version.objects.filter(pk=version.pk).update(readiness=run_checks(version), readiness_at=at)


def _kept(name: str, answer: Readiness) -> dict[str, object]:
    return {"check": name, **asdict(answer)}


def _slow_answers(version: Version, names: list[str]) -> list[dict[str, object]]:
    """The kept answers while they hold; else the checks are asked for, and the last answers stand as out of date."""
    if not names:
        return []
    run = selectors.readiness_of(version)
    if run is not None and _holds(run, version, names):
        return list(run.answers)
    uncovered = run is not None and not set(names) <= set(run.covered)
    run = _ask(version, at_once=uncovered)
    held = not all(answer["ok"] for answer in run.answers)
    if held and run.digest == version.digest and run.next_at > now():
        return list(run.answers)  # not ready, and not asked again yet
    return [_kept(name, Readiness(False, "Live data is being looked at.", waits=True)) for name in names]


def _holds(run: ReadinessRun, version: Version, names: list[str]) -> bool:
    """Whether the answers are about this very text, cover every check, are good and fresh."""
    if run.answered_at is None or run.digest != version.digest or run.answered_at + FRESH <= now():
        return False
    return set(names) <= set(run.covered) and all(answer["ok"] for answer in run.answers)


def _ask(version: Version, *, at_once: bool = False) -> ReadinessRun:
    """Note the question, and wake a worker where it is new; within the waiting time nothing is asked."""
    present = now()
    run, made = ReadinessRun.objects.select_for_update().get_or_create(
        version=version, defaults={"asked_at": present, "next_at": present}
    )
    pending = run.answered_at is None or run.asked_at > run.answered_at
    changed = run.digest not in ("", version.digest)
    if made or (not pending and (at_once or changed or run.next_at <= present)):
        run.asked_at = present
        run.save(update_fields=["asked_at"])
        wake(signature("contracts_app.check_readiness"), version.pk)
    return run


@transaction.atomic
def _finish(run: ReadinessRun, version: Version, answers: list[dict[str, object]], names: set[str]) -> bool:
    held = ReadinessRun.objects.select_for_update().get(pk=run.pk)
    if held.lease_number != run.lease_number:
        return False
    ready = all(answer["ok"] for answer in answers)
    held.answers, held.covered, held.digest, held.answered_at = answers, sorted(names), version.digest, now()
    held.asked_at = min(held.asked_at, held.answered_at)
    held.tries = 0 if ready else held.tries + 1
    held.next_at = held.answered_at + (FRESH if ready else _wait(held.tries))
    held.leased_until = None
    held.save()
    keep_answers(version)
    return True


def _wait(tries: int) -> timedelta:
    """How long the clock waits after the n-th answer "not ready"."""
    first, longest = BACK_OFF
    return min(first * (1 << min(tries - 1, 20)), longest)
