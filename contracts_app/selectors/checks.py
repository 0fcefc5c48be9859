"""Contract tests: where a version can be tested, its runs, and what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.http import Http404

from contracts_app.domain.checks.outcome import OPEN, Outcome, RunState
from contracts_app.domain.lifecycle import IN_FORCE
from contracts_app.models import TestResult, TestRun, Version
from contracts_app.selectors.names import asset_of
from portal.core.catalog.selectors import placements_of
from portal.core.connectors import registry
from portal.core.connectors.base import Measurable
from portal.core.identity.policies import Act, may, require

if TYPE_CHECKING:
    from portal.core.catalog.models import Placement

HISTORY = 30
TROUBLE = (Outcome.FAILED, Outcome.WARNING, Outcome.NOT_RUN)


def places_to_test(version: Version) -> tuple[list[Placement], str]:
    """Every placement that takes SQL, by the systems' names; where there is none, why, as a sentence."""
    asset = asset_of(version)
    if asset is None:
        return [], "Cannot be tested here: the catalog does not know the asset yet."
    held = placements_of(asset)
    if not held:
        return [], f"Cannot be tested here: the catalog does not say where {asset.name} lies. Add a placement."
    known = registry.kinds()
    found = [place for place in held if isinstance(known.get(place.system.kind), Measurable)]
    if found:
        return found, ""
    kinds = ", ".join(sorted({place.system.kind for place in held}))
    return [], f"Cannot be tested here: {asset.name} lies in {kinds} only, which takes no SQL."


def latest_test_run(version: Version) -> TestRun | None:
    """The newest finished run of the version."""
    return version.test_runs.exclude(state__in=OPEN).order_by("-finished_at", "-pk").first()


def open_test_run(version: Version) -> TestRun | None:
    """The run that waits or runs."""
    return version.test_runs.filter(state__in=OPEN).first()


def runs_of(version: Version, limit: int = HISTORY) -> list[TestRun]:
    """Finished runs, newest first."""
    finished = version.test_runs.exclude(state__in=OPEN).select_related("asked_by")
    return list(finished.order_by("-finished_at", "-pk")[:limit])


def run_named(name: str, number: int | None = None) -> TestRun | None:
    """A contract's run of that number, else its newest; no rights asked: for machines with the scope."""
    runs = TestRun.objects.select_related("version__contract").filter(version__contract__name=name)
    return (runs.filter(pk=number) if number is not None else runs).first()


def run_for(user: Any, pk: int) -> TestRun:
    """One run with its version; raises Http404 or PermissionDenied."""
    require(user, Act.READ)
    found = TestRun.objects.select_related("version__contract__asset", "asked_by").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such test run.")
    return found


def results_of(run: TestRun, *, state: str = "", kind: str = "") -> QuerySet[TestResult]:
    """Every result of a run in its order, or those of one state or kind."""
    found = run.results.all()
    found = found.filter(state=state) if state else found
    return found.filter(kind=kind) if kind else found


def troubles_of(run: TestRun) -> QuerySet[TestResult]:
    """What of a run a person has to look at: failed first, then warnings, then what was not run."""
    order = {state: place for place, state in enumerate(TROUBLE)}
    rank = Case(*[When(state=state, then=place) for state, place in order.items()], output_field=IntegerField())
    return run.results.filter(state__in=TROUBLE).order_by(rank, "position")


def run_as_json(run: TestRun) -> dict[str, object]:
    """A run with its results as the API gives it: counts and sentences, no value of the data."""
    shown = ("place", "kind", "name", "text", "state", "failing", "total", "sentence")
    return {
        "run": run.pk,
        "contract": run.version.contract.name,
        "version": run.version.number,
        "canonical_hash": run.digest,
        "trigger": run.trigger,
        "state": run.state,
        "reason": run.reason,
        "asked_at": run.asked_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "rows": run.rows,
        "counts": run.counts,
        "results": list(run.results.values(*shown)),
    }


def may_test(user: Any, version: Version) -> bool:
    """Whether the person may ask for a run: whoever writes the contract, and who is on call for it."""
    return may(user, Act.WRITE_CONTRACT, version.contract) or may(user, Act.HANDLE_INCIDENT, version.contract)


def failed_tests(user: Any) -> list[TestRun]:
    """The newest finished runs of versions in force that failed, where the person may write the contract."""
    newest = TestRun.objects.filter(version=OuterRef("version"), finished_at__isnull=False)
    last = Subquery(newest.order_by("-finished_at", "-pk").values("pk")[:1])
    broken = Q(state__in=[RunState.FAILED, RunState.INCOMPLETE])
    runs = TestRun.objects.filter(broken, version__state__in=IN_FORCE, pk=last).select_related("version__contract")
    told = ("state", "counts", "finished_at", "version__number")
    runs = runs.only(*told, "version__contract__name", "version__contract__owner_team")
    return [run for run in runs if may(user, Act.WRITE_CONTRACT, run.version.contract)]
