"""The worker's side of the programme's files."""

from celery import shared_task

from portal.core.clock.beat import every, wake
from portal.core.making.leases import waiting
from portal.pages.programme import making
from portal.pages.programme.models import ProgrammeZip


@shared_task
def make_programme_zip(pk: int) -> None:
    """Make one."""
    making.make(pk)


@every(20)
@shared_task
def queue_programme_zips() -> int:
    """Wake a worker for each that nobody holds: a lost message or worker costs twenty seconds."""
    found = waiting(ProgrammeZip)
    for pk in found:
        wake(make_programme_zip, pk)
    return len(found)
