"""The worker's side of digests."""

import logging

from celery import shared_task

from portal.core.clock.beat import every
from portal.core.clock.services import now
from portal.core.notify.selectors import digests_due
from portal.pages.digest.writing import write

_log = logging.getLogger(__name__)


@every(300)
@shared_task
def write_digests() -> int:
    """Write every digest that is due, one transaction a person; returns how many had something to say.

    One that fails stays due and does not stop the others.
    """
    written = 0
    for pk in digests_due(now()):
        try:
            written += write(pk)
        except Exception:  # noqa: BLE001 - one person's work list must not keep the digest from all the others
            _log.exception("the digest of person %s was not written; it stays due", pk)
    return written
