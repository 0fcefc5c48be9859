"""Somebody whose lineage does not arrive finds out why: from the list of producers to the body that was refused."""

from datetime import timedelta
from typing import Any

import pytest

from lineage_app.models import Producer, Tally
from lineage_app.services import project_all
from lineage_app.services.counting import count_all
from tests.browser.browsing import assert_accessible, assert_fits, shoot
from tests.lineage_app.sending import event, post


@pytest.fixture
def busy(world: Any) -> None:
    """Two producers: one that never sent, one with a week behind it and everything that can be wrong."""
    world.token("lineage:write", namespaces=("warehouse*",))
    token = world.token("lineage:write", namespaces=("demo*", "postgres://shop:5432*"), team=world.platform)
    for number in range(12):
        post(token, event(run=number, minute=number))
    post(token, event(run=20) | {"eventTime": "2026-03-01 10:00:00", "run": {"runId": "nightly-20"}})
    post(token, event(run=21, inputs=[{"namespace": "s3://somebody-elses-lake/with/a/long/path", "name": "x"}]))
    post(token, event(run=22) | {"eventTime": "yesterday"})
    post(token, b'{"eventTime": "2026-03-01T10:00:00Z", "run": ')
    count_all()
    project_all()
    one = Producer.objects.get(uri="https://pipelines.example/1")
    newest = Tally.objects.filter(producer=one).latest("since").since
    Tally.objects.bulk_create(
        Tally(producer=one, since=newest - timedelta(hours=hours), what="kept", count=900 + (hours * 37) % 400)
        for hours in range(2, 160, 3)
    )


def test_an_owner_finds_the_body_of_a_refused_event_by_keyboard_and_link(busy: None, visit: Any) -> None:
    page = visit("ana", "/lineage/producers/")
    shoot(page, "producers-list")
    page.get_by_role("link", name="a pipeline of the tests").first.click()
    shoot(page, "producers-one")
    assert_accessible(page)
    page.get_by_role("link", name="1 events: No time", exact=True).click()
    shoot(page, "producers-refused")
    page.get_by_role("link", name="Open refused event").click()
    shoot(page, "producers-body")
    assert "'yesterday' is not a time" in page.get_by_role("main").inner_text()
    assert '"eventTime": "yesterday"' in page.locator("pre").first.inner_text()
    assert_accessible(page)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (320, "light")])
def test_the_pages_read_in_the_dark_and_fit_a_phone(busy: None, visit: Any, width: int, scheme: str) -> None:
    page = visit("ana", "/lineage/producers/", width=width, scheme=scheme)
    shoot(page, f"producers-list-{width}-{scheme}")
    assert_fits(page)
    page.get_by_role("link", name="a pipeline of the tests").first.click()
    shoot(page, f"producers-one-{width}-{scheme}")
    assert_accessible(page)
    assert_fits(page)
    page.goto(f"{page.url}events/?only=lenient")
    shoot(page, f"producers-events-{width}-{scheme}")
    assert_accessible(page)
    assert_fits(page)
