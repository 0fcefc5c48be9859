"""MTTA and MTTR: which incidents count, the trend, what came first upstream, and the rows behind each number."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core.catalog.models import Asset
from slo_app.domain.response import Trend
from slo_app.models import Alert, Incident, Precedent
from slo_app.selectors.response import answer, behind, weekly
from tests.slo_app.estate import freshness_of

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def past(world, clock):
    """Write an incident of the past: days ago it ended, minutes to its acknowledgement and its end (None: never)."""
    made: dict[str, object] = {}

    def incident(ago=1.0, acknowledged=None, lasted=60, by=None, product=False, **more):
        name = "product" if product else "table"
        if name not in made:
            asset = Asset.objects.create(namespace="tests", name=name, kind=name, owner_team=world.platform)
            slo = freshness_of(asset)
            made[name] = Alert.objects.create(slo=slo, dedup_key=name, watched_since=clock.now())
        alert = made[name]
        resolved = clock.now() - ago * DAY if lasted is not None else None
        fired = (resolved or clock.now()) - (lasted or 60) * MINUTE
        facts = {
            "alert": alert, "slo": alert.slo, "kind": "breach", "severity": "page", "fired_at": fired,
            "resolved_at": resolved, "resolved_by": by,
            "first_acknowledged_at": fired + acknowledged * MINUTE if acknowledged is not None else None,
        }  # fmt: skip
        return Incident.objects.create(**facts | more)

    return incident


def test_median_and_p90_count_people_and_leave_open_ones_drills_and_the_untouched_out(past, world, clock):
    for minutes in (2, 4, 6, 8, 100):
        past(acknowledged=minutes, lasted=minutes + 10)
    past(by=world.dan, lasted=5)
    past(lasted=3)
    past(acknowledged=1, lasted=None)
    past(acknowledged=1, drill=True)
    found = answer(clock.now())
    assert (found.now.acknowledge.median, found.now.acknowledge.p90) == (6 * MINUTE, 100 * MINUTE)
    assert (found.now.resolve.count, found.now.resolve.median) == (6, 15 * MINUTE)
    assert (found.now.never_acknowledged, found.now.auto_resolved, found.open) == (2, 1, 1)


def test_it_falls_only_with_five_incidents_in_both_windows(past, clock):
    for _ in range(5):
        past(ago=40, acknowledged=20)
    for _ in range(4):
        past(acknowledged=3)
    assert answer(clock.now()).acknowledge_trend is Trend.TOO_FEW
    past(acknowledged=4)
    found = answer(clock.now())
    assert (found.acknowledge_trend, found.resolve_trend) == (Trend.FALLING, Trend.LEVEL)
    past(ago=40, acknowledged=1)
    clock.move(days=30)
    assert answer(clock.now()).acknowledge_trend is Trend.TOO_FEW


def test_the_share_of_product_incidents_that_an_upstream_alert_preceded_and_by_how_long(past, clock):
    upstream = past(lasted=200)
    first, second, _ = past(product=True), past(product=True), past(product=True)
    for incident, minutes in ((first, 10), (second, 30)):
        Precedent.objects.create(incident=incident, upstream=upstream, lead=minutes * MINUTE, distance=2)
    found = answer(clock.now()).precedence
    assert (found.products, found.preceded, found.percent, found.lead.median) == (3, 2, 66, 20 * MINUTE)


def test_each_number_has_its_rows(past, world, clock):
    taken = past(acknowledged=2)
    alone = past(lasted=3)
    by_hand = past(by=world.dan)
    still = past(lasted=None)
    groups = {
        of: set(behind(world.cleo, clock.now(), of=of))
        for of in ("acknowledged", "resolved", "never_acknowledged", "by_itself", "open", "product")
    }
    assert groups == {
        "acknowledged": {taken},
        "resolved": {taken, by_hand},
        "never_acknowledged": {alone, by_hand},
        "by_itself": {alone},
        "open": {still},
        "product": set(),
    }


def test_the_weeks_hold_each_incident_once(past, clock):
    for ago in (0.5, 6.9, 7.1, 83.9, 84.1):
        past(ago=ago, acknowledged=1)
    counts = [week.acknowledge.count if week.acknowledge else 0 for _, week in weekly(clock.now())]
    assert counts == [1, *[0] * 9, 1, 2]


def test_the_page_shows_the_numbers_with_links_to_their_rows_and_says_too_few(past, world, clock):
    client, url = world.client("cleo"), reverse("slos:response")
    assert "No incident ended in the last 28 days" in client.get(url).content.decode()
    incident = past(acknowledged=4)
    html = client.get(url).content.decode()
    assert "Too few" in html
    assert "4 min" in html
    assert "?of=acknowledged" in html
    assert incident.number in client.get(f"{url}?of=acknowledged&team=platform&severity=page").content.decode()
    assert "No such incident" in client.get(f"{url}?of=acknowledged&severity=ticket").content.decode()
