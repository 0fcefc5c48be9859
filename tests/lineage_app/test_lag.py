"""How far the graph is behind what came in."""

from datetime import timedelta
from typing import Any

from lineage_app.models import Inbox
from lineage_app.selectors.lag import projected_until, projection_lag
from lineage_app.services import project_all
from portal.core.clock.services import now
from tests.lineage_app.sending import event, post


def test_the_lag_is_the_number_that_waits_and_the_age_of_the_oldest(token: str) -> None:
    assert projection_lag(now()) == (0, timedelta(0))
    post(token, event(run=1))
    received = Inbox.objects.get().received_at
    post(token, event(run=2))
    later = received + timedelta(seconds=40)
    assert projection_lag(later) == (2, timedelta(seconds=40))
    assert projected_until(later) == received
    project_all()
    assert projection_lag(later) == (0, timedelta(0))


def test_what_waits_to_be_projected_anew_or_was_set_aside_makes_no_lag(token: str, db: Any) -> None:
    post(token, event())
    Inbox.objects.update(failed_at=now())
    assert projection_lag(now()).waiting == 0
    Inbox.objects.update(failed_at=None, received_at=None)
    at = now()
    assert projected_until(at) == at
