"""The inbox: order, filters in the address, counts, who has what, and how it stays fast with ten thousand requests."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.core.clock import services as clock
from portal.core.evidence.models import Entry
from privacy_app.domain.request import State
from privacy_app.models import Request, Step
from privacy_app.selectors import inbox
from privacy_app.services import assigning
from privacy_app.services.lifecycle import RequestRefused
from tests.privacy_app.planned import submitted


def made(number, **more):
    values = {"channel": "form", "law": "gdpr", "state": State.PLANNING, "received_at": clock.now(), **more}
    return Request.objects.create(
        req_id=f"DEL-2026-01-01-{number:04d}", key_name=f"{number:032d}", secret_hash=f"{number:064d}", **values
    )


def shown(client, query=""):
    return [row["request"].req_id for row in client.get(f"/privacy/{query}").context["rows"]]


@pytest.mark.django_db
def test_the_fewest_hours_left_come_first_a_pause_moves_nothing_and_the_ended_are_apart(world):
    late = made(1, received_at=clock.now() - timedelta(hours=80), state=State.PAUSED, paused_from=State.PLANNING)
    soon = made(2, received_at=clock.now() - timedelta(hours=60))
    new, ended = made(3), made(4, state=State.DENIED)
    client = world.client("pia")
    assert shown(client) == [each.req_id for each in (late, soon, new)]
    text = client.get("/privacy/").content.decode()
    assert "Overdue" in text
    assert "Paused" in text
    assert shown(client, "?show=ended") == [ended.req_id]


@pytest.mark.django_db
def test_every_filter_is_in_the_address_and_says_how_many_it_would_leave(world):
    one = made(1, law="ccpa", channel="api", assignee=world.pia)
    two = made(2, received_at=clock.now() - timedelta(hours=80), assignee=world.petra)
    red = submitted(world, number=5)
    Step.objects.filter(request=red).update(state="retry", error="refused")
    client = world.client("pia")
    for query, wanted in (
        ("?law=ccpa", [one]),
        ("?channel=api", [one]),
        ("?state=awaiting_approval", [red]),
        ("?who=mine", [one]),
        (f"?who={world.petra.pk}", [two]),
        ("?who=nobody", [red]),
        ("?overdue=yes", [two]),
        ("?trouble=yes", [red]),
        ("?trouble=yes&law=ccpa", []),
        ("?state=nonsense", [two, one, red]),
    ):
        assert shown(client, query) == [each.req_id for each in wanted], query
    text = client.get("/privacy/").content.decode()
    for said in ("CCPA (1)", "GDPR (2)", "Me (1)", "Nobody yet (1)", "Overdue (1)", "In trouble (1)", "To approve (1)"):
        assert said in text, said
    counts = inbox.facets(world.pia, ended=False)
    assert counts["state:planning"] == 2
    assert inbox.matching(world.pia, {"who": "mine"}).count() == counts["who:mine"] == 1


@pytest.mark.django_db
def test_a_request_is_taken_given_and_laid_back_and_each_change_of_hands_is_evidence_once(world):
    request = made(1)
    client = world.client("pia")
    for to in (world.pia.pk, world.petra.pk, world.petra.pk, ""):
        client.post(f"/privacy/requests/{request.req_id}/assign/", {"to": to})
    given = [each.payload["to"] for each in Entry.objects.filter(kind="privacy:request:assigned").order_by("pk")]
    assert given == [str(world.pia.public_id), str(world.petra.public_id), "nobody"]
    client.post(f"/privacy/requests/{request.req_id}/assign/", {"to": world.hal.pk})
    request.refresh_from_db()
    assert request.assignee is None
    with pytest.raises(RequestRefused, match="Only a privacy officer"):
        assigning.assign(user=world.pia, request_id=request.pk, to=world.hal)
    with pytest.raises(PermissionDenied):
        assigning.assign(user=world.hal, request_id=request.pk, to=world.pia)
    ended = made(2, state=State.CANCELLED)
    with pytest.raises(RequestRefused, match="has ended"):
        assigning.assign(user=world.pia, request_id=ended.pk, to=world.pia)


@pytest.mark.django_db
def test_the_head_of_data_sees_counts_and_no_reference(world):
    request = made(1, received_at=clock.now() - timedelta(hours=80))
    page = world.client("hal").get("/privacy/")
    assert page.context["counts"] == {"open": 1, "overdue": 1}
    assert request.req_id not in page.content.decode()


@pytest.mark.django_db
def test_the_page_of_ten_thousand_requests_takes_as_many_queries_as_the_page_of_ten(world):
    base = clock.now() - timedelta(days=2)
    client = world.client("pia")
    sizes = []
    for start, end in ((1, 11), (11, 10_001)):
        Request.objects.bulk_create(
            Request(
                req_id=f"DEL-2026-01-01-{n:05d}",
                key_name=f"{n:032d}",
                secret_hash="x",
                channel="form",
                state=list(State)[n % 7],
                received_at=base + timedelta(seconds=n),
                trouble="a system" if n % 50 == 0 else "",
            )
            for n in range(start, end)
        )
        client.get("/privacy/")
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            assert client.get("/privacy/?who=nobody").status_code == 200
            took = time.perf_counter() - began
        sizes.append(len(queries))
    assert sizes[0] == sizes[1]
    assert took < 3, "a page that a person waits for"
