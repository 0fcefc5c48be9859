"""The 72 hours reach whoever is on call for privacy, and say nothing about who asked."""

import pytest

from portal.core.oncall.models import Page
from privacy_app.models import Request
from privacy_app.services.deadlines import watch_deadlines

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of(world, clock):
    """A request that came in just now."""
    return Request.objects.create(req_id="DEL-2026-01-01-00001", received_at=clock.now(), law="gdpr")


def test_a_request_near_its_deadline_is_a_ticket_past_it_a_page_and_over_it_is_resolved(
    world, clock, settings, request_of
):
    settings.PRIVACY_TEAM = "platform"
    assert watch_deadlines(clock.now()) == ""
    assert not Page.objects.exists()
    clock.move(hours=61)
    assert watch_deadlines(clock.now()) == "ticket"
    clock.move(hours=12)
    assert watch_deadlines(clock.now()) == "page"
    found = Page.objects.get()
    assert (found.team, found.severity, found.url) == (world.platform, "page", "/privacy/")
    assert "DEL-" not in found.summary + found.body + str(found.details)
    Request.objects.update(state="completed", completed_at=clock.now())
    assert watch_deadlines(clock.now()) == ""
    assert Page.objects.get().resolved_at is not None


def test_without_a_team_nobody_is_paged(clock, settings, request_of):
    settings.PRIVACY_TEAM = ""
    clock.move(hours=99)
    assert watch_deadlines(clock.now()) == ""
    assert not Page.objects.exists()
