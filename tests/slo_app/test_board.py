"""The board and the page of one SLO: budgets, burn, groups, what keeps an SLO from being live, and who answers."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import reverse

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from slo_app.domain.measurement import Reading
from slo_app.domain.schedule import slice_of
from slo_app.domain.standing import Standing
from slo_app.models import Drill, Slo
from slo_app.probing import Look
from slo_app.selectors import board, slo_page
from slo_app.selectors.boards import last_look, stands
from slo_app.selectors.live import liveness
from slo_app.services import lease_due, record_look
from slo_app.services.burning import arm
from tests.slo_app.estate import freshness_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "slo_app"
KEEPERS = "{% keepers "
DAY = timedelta(days=1)
OF_NO_SLO = {"response.html", "weekly.html"}  # trends of every team's incidents: no one SLO, so no one owner


@pytest.fixture
def asset(world):
    """An asset of Data Platform."""
    first = {"tier": 1, "tier_reason": "It feeds the board."}
    return Asset.objects.create(namespace="tests", name="events", kind="table", owner_team=world.platform, **first)


def seen(slo, value, **more):
    Slo.objects.update(leased_until=None)
    Slo.objects.filter(pk=slo.pk).update(next_due_at=now())
    [fence] = [fence for pk, fence in lease_due() if pk == slo.pk]
    look = Look(now(), Reading(now(), Decimal(value), **more), cost_ms=2, statements=("SELECT max(event_ts) FROM t",))
    return record_look(slo_id=slo.pk, fence=fence, look=look)


def html(client, url):
    return re.sub(r"\s+", " ", client.get(url).content.decode())


def names(page):
    return re.findall(r'<th scope="row"><a [^>]*>[^<]*</a> <span class="muted">(\w+)</span>', page)


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(TEMPLATES.rglob("*.html")) if path.name not in OF_NO_SLO],
    ids=lambda path: path.name,
)
def test_beside_every_chart_stand_owner_on_call_and_runbook(path):
    text = path.read_text()
    charts = text.count("<figure") + text.count("{% sparkline")
    assert text.count(KEEPERS) >= charts, "put {% keepers slo %} beside each chart"
    for word in ("Owner", "On call", "Runbook"):
        assert word in (TEMPLATES / "_partials" / "keepers.html").read_text()


@pytest.mark.django_db
def test_the_worst_comes_first_and_among_equals_whoever_has_least_budget_left(asset, world, clock):
    days = {"fine": (3, 3, 3), "worn": (60, 60, 3), "bad": (3, 3, 60)}
    made = {name: freshness_of(asset, name=name, interval=DAY, hold=2 * DAY, objective=Decimal("0.9")) for name in days}
    if slice_of(now(), DAY, made["bad"].phase) >= now().replace(minute=0, second=0, microsecond=0):
        clock.move(hours=1)  # the last day is counted from its full hour: the slice before must not begin within it
    for day in range(3):
        clock.move(days=1)
        for name, slo in made.items():
            seen(slo, days[name][day])
    board = html(world.client("cleo"), reverse("slos:board"))
    assert names(board)[0] == "bad"
    assert names(board).index("worn") < names(board).index("fine")
    assert "28.571 %" in board, "two of the 2.8 bad days that 90 % of 28 allow"
    assert "burns 10 times" in board


QUERIES = [
    ("tier=1", 1), ("tier=2", 0), ("tier=none", 1), ("live=no", 2), ("live=yes", 0), ("group=tier", 2), ("text=EU", 1),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "found"), QUERIES)
def test_the_board_is_filtered_by_tier_and_liveness_and_grouped(asset, world, clock, query, found):
    other = Asset.objects.create(namespace="tests", name="other", kind="table", owner_team=world.platform)
    freshness_of(asset, name="EU")
    freshness_of(other, name="b")
    freshness_of(other, name="sandbox", drill=True)
    page = html(world.client("cleo"), f"{reverse('slos:board')}?{query}")
    assert len(names(page)) == found
    assert ('scope="rowgroup"' in page) == query.startswith("group")
    assert "sandbox" not in page


@pytest.mark.django_db
def test_what_is_missing_is_said_and_an_slo_with_all_of_it_is_live(asset, world, clock):
    bare = freshness_of(asset, name="bare", owner_team=None, runbook=[])
    [missing] = [life.missing for life in liveness([bare], now()).values()]
    assert len(missing) == 5
    assert any("not measured within two intervals" in sentence for sentence in missing)
    slo = freshness_of(asset, name="whole")
    seen(slo, 3)
    slo.refresh_from_db()
    assert ["fire drill" in sentence for sentence in liveness([slo], now())[slo.pk].missing] == [True]
    drilled(slo, world.ana)
    assert liveness([slo], now())[slo.pk].ok
    assert "Live</span>" in html(world.client("cleo"), slo.get_absolute_url())
    clock.move(minutes=3)
    assert not liveness([slo], now())[slo.pk].ok, "nothing was measured since"
    seen(slo, 3)
    slo.refresh_from_db()
    assert not liveness([slo], now() + 90 * DAY)[slo.pk].ok


def drilled(slo, person):
    at = now()
    Drill.objects.create(team=slo.owner_team, started_at=at, started_by=person, delivered_at=at, key=uuid4())


@pytest.mark.django_db
def test_the_page_shows_budget_burn_rates_statement_figures_and_who_answers(asset, world, clock):
    slo = freshness_of(asset)
    arm(slo)
    for value in (3, 17, 3):
        seen(slo, value, figures={"null_share": Decimal("0.25")})
        clock.move(minutes=1)
    page = html(world.client("cleo"), slo.get_absolute_url())
    assert "Time slices over 28 days, at least 99 % of them good" in page
    assert "SELECT max(event_ts) FROM t" in page
    assert "Null share" in page
    assert "Error budget left" in page
    assert "Too little judged" in page
    assert page.count("On call: Dan On-Call") == page.count("<figure")
    whole = html(world.client("cleo"), f"{slo.get_absolute_url()}?span=whole")
    assert "the newest 3 looks" in page
    assert "the newest 3 looks" not in whole
    slo.refresh_from_db()
    assert [str(burn.alert.factor.normalize()) for burn in slo_page(world.cleo, slo).burns] == ["14.4", "6", "3", "1"]


@pytest.mark.django_db
def test_a_spent_budget_is_shown_with_what_it_freezes(asset, world, clock):
    slo = freshness_of(asset, interval=DAY, objective=Decimal("0.95"))
    for _ in range(2):
        seen(slo, 60)
        clock.move(days=1)
    page = html(world.client("cleo"), slo.get_absolute_url())
    assert "The budget has been spent since" in page
    assert "deploys of what writes events are frozen" in page
    Slo.objects.update(freezes=False)
    assert "are frozen" not in html(world.client("cleo"), slo.get_absolute_url())


def slo_that(asset, name, **facts):
    """An SLO of the asset with these facts on its row, and an alert in the phase `phase` where that is given."""
    phase = facts.pop("phase", "")
    slo = freshness_of(asset, name=name)
    Slo.objects.filter(pk=slo.pk).update(**{"last_at": now(), "last_result": "ok", **facts})
    if phase:
        slo.alerts.update_or_create(burn="", defaults={"phase": phase, "dedup_key": f"{name}", "watched_since": now()})
    return slo


def by_the_rule(slo):
    alert = slo.alerts.filter(burn="").first()
    phase, last = alert.phase if alert else None, last_look(slo.last_at, slo.last_result)
    return stands(slo.kind, slo.enabled, slo.stale_after, phase, last, now(), slo.incomplete)


FACTS = [
    {}, {"last_result": "breach"}, {"last_result": "probe_error"}, {"last_result": "no_data"},
    {"last_result": "insufficient"}, {"last_at": None, "last_result": ""}, {"enabled": False},
    {"incomplete": "It lacks a bound."}, {"kind": "of_tomorrow"}, {"last_at": -DAY}, {"phase": "firing"},
    {"phase": "acknowledged"}, {"phase": "pending"}, {"phase": "no_data"}, {"phase": "pending", "last_at": -DAY},
    {"phase": "no_data", "last_result": "probe_error"}, {"phase": "no_data", "last_at": None, "last_result": ""},
]  # fmt: skip


@pytest.mark.django_db
def test_the_board_puts_each_slo_where_the_rule_of_one_puts_it_the_worst_first(world, asset):
    for number, facts in enumerate(FACTS):
        at = {"last_at": now() + facts["last_at"]} if isinstance(facts.get("last_at"), timedelta) else {}
        slo_that(asset, f"n{number}", **{**facts, **at})
    single = {slo.pk: by_the_rule(slo) for slo in Slo.objects.all()}
    found = board(world.dan)
    places = found[0:100]
    assert {place.pk: place.standing for place in places} == single
    assert len(set(single.values())) == len(Standing), "every standing is on this board"
    order = [list(Standing).index(place.standing) for place in places]
    assert order == sorted(order)
    assert [place for start in range(0, len(FACTS), 3) for place in found[start : start + 3]] == places, "page by page"
    assert (len(found), found.on_target) == (len(FACTS), list(single.values()).count(Standing.ON_TARGET))
    for word in Standing:
        only = board(world.dan, state=word.name.lower())
        assert {place.pk for place in only[0:100]} == {pk for pk, stands in single.items() if stands is word}
