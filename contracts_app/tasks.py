"""What the clock brings: notices that end and deprecation windows that close."""

from celery import shared_task

from contracts_app import services
from contracts_app.models import StoredExport
from portal.core.clock.beat import every, wake
from portal.core.making.leases import waiting


@every(20)
@shared_task
def move_versions_on() -> int:
    """Activate versions whose notice is over and retire those whose window is; the number moved.

    Whoever depends on a contract is reminded of dates that have come near.
    """
    moved = services.activate_due() + services.retire_due()
    services.remind()
    return moved


@every(60)
@shared_task(name="contracts_app.queue_tests")
def queue_tests() -> int:
    """Queue what is due, and wake a worker for every run that nobody holds: a lost message or worker costs a minute."""
    queued = services.queue_due()
    for run_id in services.runs_without_worker():
        wake(run_test, run_id)
    for version_id in services.readiness_without_worker():
        wake(check_readiness, version_id)
    for export_id in waiting(StoredExport):
        wake(make_export, export_id)
    return len(queued)


@every(600)
@shared_task(name="contracts_app.record_coverage")
def record_coverage() -> str:
    """Count contract coverage for its trend; the day's last count stands."""
    return str(services.record_coverage())


@every(3600)
@shared_task(name="contracts_app.forget_old_tests")
def forget_old_tests() -> int:
    """Keep the history of tests for a year and a little; the number of rows that went."""
    return services.forget_old_runs()


@shared_task(name="contracts_app.run_test")
def run_test(run_id: int) -> str:
    """Test one version on its live data, unless another worker does."""
    run = services.lease_run(run_id)
    return str(services.perform(run).state) if run else "another worker holds it, or it is over"


@shared_task(name="contracts_app.check_readiness")
def check_readiness(version_id: int) -> str:
    """Look at live data for a version that waits for force, and put it in force where nothing holds it back."""
    run = services.lease_readiness(version_id)
    if run is None or not services.answer_readiness(run):
        return "another worker holds it, or it is answered"
    return str(services.activate(version=run.version).state)


@shared_task(name="contracts_app.make_export")
def make_export(export_id: int) -> str:
    """Make a file that costs seconds, such as a PDF, and store it."""
    row = services.make_export(export_id)
    return str(row.state) if row else "another worker holds it, or it is made"
