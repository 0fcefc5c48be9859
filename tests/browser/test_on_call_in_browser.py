"""On call in a browser: a shift is taken over, and a page is acknowledged."""

from __future__ import annotations

from datetime import timedelta

from portal.core.clock.services import now
from portal.core.oncall.models import Override, Page
from portal.core.oncall.selectors import on_call_of
from portal.core.oncall.services import page as open_page
from tests.access.oncall import a_rotation
from tests.browser.browsing import assert_accessible, picture, shoot


def test_i_take_a_shift_and_the_page_shows_me_as_on_call(visit, world):
    a_rotation(world)
    [person] = on_call_of(world.platform, now())
    other, name = (world.ana, "ana") if person == world.dan else (world.dan, "dan")
    page = visit(name, "/on-call/teams/platform/")
    page.get_by_role("link", name="Take a shift").click()
    page.get_by_label("Who takes it").select_option(other.name)
    page.get_by_label("From").fill(f"{now() - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("Until").fill(f"{now() + timedelta(hours=11):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Take it").click()
    page.get_by_text(f"{other.name} is on call in First line for that time.").wait_for()
    assert_accessible(page)
    shoot(page, "oncall-taken")
    picture(page, "on-call-shift")
    assert on_call_of(world.platform, now()) == [other]
    page.get_by_role("button", name="Give back").click()
    page.get_by_text("back with whose turn it is").wait_for()
    assert Override.objects.get().withdrawn_at is not None


def test_a_page_is_acknowledged_from_the_first_page_and_resolved(visit, world):
    facts = {"summary": "Disk is full", "body": "97 %", "severity": "page", "url": "", "details": {}, "at": now()}
    made = open_page(team=world.platform, key="k1", **facts)
    page = visit("dan", "/")
    page.get_by_role("link", name=f"{made.number}: Disk is full").click()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("Dan On-Call took it on.").first.wait_for()
    assert_accessible(page)
    page.get_by_label("What was wrong, and what was done").fill("Freed space.")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_text("Dan On-Call resolved it: Freed space.").wait_for()
    shoot(page, "oncall-page-resolved")
    found = Page.objects.get()
    assert (found.acknowledged_by, found.resolved_at is not None) == (world.dan, True)
