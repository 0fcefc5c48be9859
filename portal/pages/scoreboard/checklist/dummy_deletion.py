"""A deletion of a dummy subject ran through the whole procedure, to its artifact."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from portal.core.identity.policies import Act
from portal.core.web.times import duration
from portal.pages.scoreboard.models import DummyRun
from portal.pages.scoreboard.points import Done, Point
from portal.pages.scoreboard.registry import point
from privacy_app.selectors.punctuality import proofs_of

FRESH = timedelta(days=90)
"""As long as a fire drill counts: what is rehearsed more rarely is not rehearsed."""


@point("dummy_deletion", title="A dummy subject was deleted, down to the artifact", order=40)
def dummy_deletion(day: Any, at: datetime) -> Point:
    """Done where a request that an officer named a dummy's has its artifact, within ninety days."""
    del day
    url, label = reverse("scoreboard:dummies"), "Run or name one"
    named = list(DummyRun.objects.values_list("req_id", flat=True)[:200])
    found = proofs_of(named).first() if named else None
    if found is None:
        text = "A dummy's request is under way; it has no artifact yet." if named else "No dummy's request was named."
        return Point(Done.NOT_DONE, text, url=url, label=label, needs=Act.READ_REQUESTS)
    done = Done.DONE if at - found.completed_at <= FRESH else Done.NOT_DONE
    old = "" if done is Done.DONE else " That is more than 90 days ago."
    text = f"It ran from receipt to artifact in {duration(found.completed_at - found.received_at)}.{old}"
    evidence = found.completed_entry.get_absolute_url() if found.completed_entry else ""
    return Point(done, text, found.completed_at, evidence, url, label, Act.READ_REQUESTS, ledger=True)
