"""The clock's side of the scoreboard."""

from celery import shared_task

from portal.core.clock.beat import every, wake
from portal.core.clock.services import now
from portal.core.making.leases import waiting
from portal.pages.scoreboard import counting, packing
from portal.pages.scoreboard.models import BoardPack


@every(600)
@shared_task
def count_targets() -> str:
    """Count the targets; the day's last count stands."""
    return str(counting.count(now()))


@shared_task
def make_board_pack(pk: int) -> str:
    """Make one board pack."""
    made = packing.make(pk)
    return str(made.state) if made else "another worker holds it, or it is made"


@every(20)
@shared_task
def queue_board_packs() -> int:
    """Wake a worker for every pack that nobody holds: a lost message or worker costs twenty seconds."""
    found = waiting(BoardPack)
    for pk in found:
        wake(make_board_pack, pk)
    return len(found)
