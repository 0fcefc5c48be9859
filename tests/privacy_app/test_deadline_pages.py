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


def test_at_48_hours_the_privacy_lead_is_paged_and_when_it_is_over_the_page_resolves(
    world, clock, settings, request_of
):
    settings.PRIVACY_TEAM = "platform"
    assert watch_deadlines(clock.now()) == ""
    assert not Page.objects.exists()
    clock.move(hours=47)
    assert watch_deadlines(clock.now()) == ""
    clock.move(hours=1)
    assert watch_deadlines(clock.now()) == "page"
    assert "past 48 of its 72 hours" in Page.objects.get().summary
    clock.move(hours=25)
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


def test_what_waits_for_its_subject_rings_no_telephone_and_what_nobody_proved_not_even_a_bell(
    clock, settings, request_of
):
    settings.PRIVACY_TEAM = "platform"
    clock.move(hours=80)
    Request.objects.update(state="identity_pending")
    assert watch_deadlines(clock.now()) == ""
    Request.objects.update(state="paused")
    assert watch_deadlines(clock.now()) == "ticket"
    Request.objects.update(state="planning")
    assert watch_deadlines(clock.now()) == "page"
