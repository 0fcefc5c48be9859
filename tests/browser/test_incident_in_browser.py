"""An incident while it polls, and the lists and numbers about incidents."""

# ruff: noqa: F811 - a fixture is asked for by the name that it was imported under

from __future__ import annotations

from datetime import timedelta

import pytest

from slo_app.models import Incident, Precedent
from slo_app.services import make_silence
from tests.browser.browsing import assert_accessible, assert_fits, shoot
from tests.slo_app.conftest import event, table  # noqa: F401 a planted source in PostgreSQL
from tests.slo_app.estate import asset_on, freshness_of, the_incident, work_for


@pytest.fixture
def incident(table, event, world, monkeypatch, clock) -> Incident:
    """Freshness that has fired after a good while, with an alert upstream before it."""
    slo = freshness_of(
        asset_on(table, world, monkeypatch),
        runbook=[{"phase": "Triage", "text": "Look at the loader's log."}, {"phase": "Fix", "text": "Rerun the job."}],
    )
    for minutes_old in (2, 3, 4, 6, 9, 14):
        table.fill(event(1, minutes_old))
        work_for(clock, 0)
        clock.move(minutes=1)
    table.fill(event(1, 45))
    work_for(clock, 5)
    found = the_incident(slo)
    early = Incident.objects.create(
        alert=found.alert, slo=slo, kind="breach", severity="page", resolved_at=found.fired_at,
        fired_at=found.fired_at - timedelta(minutes=12), first_acknowledged_at=found.fired_at,
    )  # fmt: skip
    Precedent.objects.create(incident=found, upstream=early, lead=timedelta(minutes=12), distance=2)
    return found


def test_polling_takes_nobodys_focus_away_and_shows_what_others_did(visit, incident, world):
    page = visit("ana", incident.get_absolute_url())
    cause = page.get_by_label("Cause, and what was done")
    cause.focus()
    page.keyboard.type("half a sen")
    other = visit("dan", incident.get_absolute_url())
    other.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("by Dan On-Call").wait_for(timeout=15_000)
    page.keyboard.type("tence")
    assert cause.input_value() == "half a sentence"
    assert_accessible(page)
    shoot(page, "incident-acknowledged-elsewhere")


def test_lists_and_numbers_read_well(visit, incident, world, clock):
    make_silence(
        user=world.dan, team=world.platform, matchers={"asset": "tests/*", "kind": "drift"}, starts_at=None,
        ends_at=clock.now() + timedelta(hours=3), reason="The model is retrained today",
    )  # fmt: skip
    for name, path in (
        ("incidents", "/slos/incidents/?state=all"),
        ("response", "/slos/response/"),
        ("silences", "/slos/silences/"),
        ("silence-preview", f"/slos/silences/new/?team=platform&kind=fresh*&reason=work&ends_at={_soon(clock)}"),
    ):
        page = visit("dan", path)
        shoot(page, f"{name}-light")
        assert_accessible(page)
        assert_fits(page)
        dark = visit("dan", path, scheme="dark", width=320)
        shoot(dark, f"{name}-dark-320")
    for scheme, width in (("dark", 1280), ("light", 320)):
        shoot(visit("dan", incident.get_absolute_url(), scheme=scheme, width=width), f"incident-{scheme}-{width}")


def _soon(clock) -> str:
    return (clock.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
