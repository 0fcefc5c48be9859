"""The scoreboard: what each target counts, what is missing with the page that mends it, its days, and who sees what."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from portal.core.catalog.models import Asset
from portal.core.catalog.worklist import waiting_for
from portal.core.evidence.models import Entry
from portal.core.notify.models import Message
from portal.core.raci.domain.matrix import seats_of
from portal.core.raci.selectors import workstream_row
from portal.pages.evidence.retention.rules import RULES
from portal.pages.evidence.retention.running import apply
from portal.pages.provenance.models import Output
from portal.pages.scoreboard import counting, examples, selectors
from portal.pages.scoreboard.duties import people_of
from portal.pages.scoreboard.figures import Standing
from portal.pages.scoreboard.models import Day
from portal.pages.scoreboard.registry import targets
from portal.pages.scoreboard.tasks import count_targets
from privacy_app.models import Request
from slo_app.models import Alert, Incident, Slo
from tests.access.raci import put_in_force
from tests.contracts_app import life
from tests.gates.asking import event, tell
from tests.slo_app.estate import freshness_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "scoreboard"
HOUR = timedelta(hours=1)


def figure(day: Day, key: str):
    return selectors.figure_of(day, key, named=True)


def text(client, name, **kwargs) -> str:
    answer = client.get(reverse(name, kwargs=kwargs))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def counted(world, clock):
    """count() -> the day as it is counted now."""
    return lambda: counting.count(clock.now())


def a_request(number: int, received, **facts) -> Request:
    key = f"{number:032d}"
    return Request.objects.create(
        req_id=f"DEL-2026-01-01-{number:04d}",
        key_name=key,
        channel="form",
        secret_hash=key,
        received_at=received,
        **facts,
    )


def test_before_anything_is_known_no_target_is_green(counted) -> None:
    day = counted()
    assert set(day.figures) == {each.key for each in targets()}
    assert {figure(day, each.key).standing for each in targets()} == {Standing.NOT_MEASURED}
    assert all(figure(day, each.key).note for each in targets()), "each says why"


def test_the_contract_target_counts_vector_indexes_and_names_each_missing_asset_with_its_next_step(
    counted, world
) -> None:
    life.register_names(world)
    Asset.objects.create(namespace="demo", name="vectors", kind="vector_index", tier=3)
    day = counted()
    found = figure(day, "contracts")
    assert (found.shown, found.covered, found.total, found.missing) == ("0 %", 0, 2, 2)
    assert {gap.text for gap in found.gaps} == {"demo/customer_events", "demo/vectors"}
    for gap in found.gaps:
        assert world.client("ana").get(gap.url).status_code == 200, "the link leads to the page that mends it"
    life.signed(world, life.EXAMPLE)
    again = counted()
    assert again.pk == day.pk, "the last look of a day stands"
    assert figure(again, "contracts").shown == "50 %"
    assert figure(again, "contracts").standing is Standing.MISSED
    Asset.objects.filter(name="vectors").delete()
    assert figure(counted(), "contracts").standing is Standing.REACHED


def test_an_slo_counts_when_it_is_live_and_each_of_the_five_kinds_has_to_be_there(counted, world) -> None:
    tier_one = {"tier": 1, "tier_reason": "It feeds the board."}
    asset = Asset.objects.create(namespace="tests", name="events", kind="table", owner_team=world.platform, **tier_one)
    bare = Asset.objects.create(namespace="tests", name="bare", kind="table", **tier_one)
    slo = freshness_of(asset)
    found = figure(counted(), "slos")
    assert (found.covered, found.total, found.standing) == (0, 1, Standing.MISSED)
    whys = {gap.text: gap.why for gap in found.gaps}
    assert whys["Data drift"] == "No tier-1 asset has an SLO of this kind."
    assert whys[bare.key] == "It has no SLO at all."
    assert "It was not measured within two intervals." in whys[str(slo)]
    assert found.missing == len(found.gaps) == 6
    assert {part.label for part in found.parts if not part.total} == {
        "Completeness", "Accuracy", "Data drift", "Model drift",
    }  # fmt: skip


def test_drift_of_a_models_scores_is_model_drift_and_any_other_is_data_drift(counted, world) -> None:
    tier_one = {"tier": 1, "tier_reason": "It feeds the board."}
    for layer in ("feature", "model"):
        asset = Asset.objects.create(namespace="tests", name=layer, kind="table", layer=layer, **tier_one)
        freshness_of(asset, kind="drift", element="score")
    parts = {part.label: part.total for part in figure(counted(), "slos").parts}
    assert (parts["Data drift"], parts["Model drift"]) == (1, 1)


def test_a_proof_counts_by_its_72_hours_and_what_is_overdue_counts_as_late_before_it_ends(counted, clock) -> None:
    at = clock.now()
    a_request(1, at - 100 * HOUR, state="completed", completed_at=at - 30 * HOUR, artifact_digest="sha256:1")
    a_request(2, at - 100 * HOUR, state="completed", completed_at=at - 1 * HOUR, artifact_digest="sha256:2")
    a_request(3, at - 73 * HOUR, state="propagating")
    a_request(4, at - 71 * HOUR, state="propagating")
    a_request(5, at - 200 * HOUR, state="denied", closed_at=at - 90 * HOUR)
    found = figure(counted(), "deletion")
    assert (found.covered, found.total, found.missing, found.shown) == (1, 3, 1, "33.3 %")
    assert [gap.text for gap in found.gaps] == ["DEL-2026-01-01-0003"]
    assert found.note == "Median 3 d 12 h from receipt to proof, in 28 days."


def incident(slo: Slo, fired, *, acknowledged=None, resolved=None) -> Incident:
    alert, _ = Alert.objects.get_or_create(slo=slo, defaults={"dedup_key": "tests", "watched_since": fired})
    return Incident.objects.create(
        slo=slo, alert=alert, kind="breach", severity="page", fired_at=fired,
        acknowledged_at=acknowledged, first_acknowledged_at=acknowledged, resolved_at=resolved,
    )  # fmt: skip


def test_times_of_response_are_reached_when_the_median_falls_and_too_few_is_a_state_of_its_own(
    counted, world, clock
) -> None:
    asset = Asset.objects.create(namespace="tests", name="events", kind="table", owner_team=world.platform)
    slo = freshness_of(asset)
    at, minute = clock.now(), timedelta(minutes=1)
    incident(slo, at - HOUR, acknowledged=at - HOUR + 3 * minute, resolved=at - 30 * minute)
    assert figure(counted(), "acknowledge").standing is Standing.TOO_FEW
    for n in range(5):
        for days, minutes in ((2 + n, 3), (30 + n, 9)):
            fired = at - timedelta(days=days)
            incident(slo, fired, acknowledged=fired + minutes * minute, resolved=fired + HOUR)
    day = counted()
    assert (figure(day, "acknowledge").shown, figure(day, "acknowledge").standing) == ("3 min", Standing.REACHED)
    assert figure(day, "resolve").standing is Standing.MISSED, "level is not falling"
    incident(slo, at - 10 * minute)
    day = counted()
    assert figure(day, "acknowledge").missing == figure(day, "resolve").missing == 1
    assert figure(day, "acknowledge").gaps[0].label == "Acknowledge it"


def test_a_day_that_is_over_goes_to_the_ledger_once_with_the_digest_of_its_figures(counted, clock) -> None:
    first = counted()
    assert not Entry.objects.filter(kind="scoreboard:day:counted").exists()
    clock.move(days=1)
    counted()
    counted()
    [entry] = Entry.objects.filter(kind="scoreboard:day:counted")
    first.refresh_from_db()
    assert first.entry == entry
    assert entry.payload["figures_digest"] == counting.figures_digest(first.figures)
    assert Day.objects.count() == 2


def on_the_list(user) -> list[str]:
    """The missed target of contracts among what waits for the person."""
    return [item.text for item in waiting_for(user)["To fix"] if item.text.startswith("Signed contracts")]


def test_a_target_that_falls_is_told_once_to_who_answers_for_it_and_stands_on_their_list(counted, clock, world) -> None:
    life.register_names(world)
    life.signed(world, life.EXAMPLE)
    assert figure(counted(), "contracts").standing is Standing.REACHED
    assert not on_the_list(world.hal)
    clock.move(days=1)
    Asset.objects.create(namespace="demo", name="new", kind="table", tier=1, tier_reason="board KPI")
    counted()
    counted()
    [letter] = Message.objects.filter(dedup_key__startswith="scoreboard:contracts:")
    assert letter.dedup_key.endswith(f":{world.hal.pk}")
    assert on_the_list(world.hal) == ["Signed contracts of tier 1: 50 %, 1 missing"]
    assert not on_the_list(world.ana)


def test_a_target_that_cannot_be_counted_says_so_and_hides_no_other(counted, monkeypatch, world) -> None:
    life.register_names(world)
    broken = next(each for each in targets() if each.key == "lineage")

    def fails(at):
        raise ZeroDivisionError

    monkeypatch.setattr(
        counting, "targets", lambda: [each if each != broken else _with(broken, fails) for each in targets()]
    )
    day = counted()
    assert (figure(day, "lineage").standing, figure(day, "lineage").note) == (Standing.NOT_MEASURED, counting.FAILED)
    assert figure(day, "contracts").standing is Standing.MISSED


def _with(target, measure):
    return replace(target, measure=measure)


def test_numbers_about_requests_are_for_those_who_may_count_them_and_references_for_who_may_read_them(
    counted, clock, world
) -> None:
    a_request(7, clock.now() - 80 * HOUR, state="propagating")
    counted()
    ana, hal, pia = (text(world.client(name), "scoreboard:board") for name in ("ana", "hal", "pia"))
    assert "Deletion proofs" not in ana
    assert "Deletion proofs" in hal
    assert "DEL-2026-01-01-0007" not in hal
    assert "Which ones is for those who may read privacy requests." in hal
    assert "DEL-2026-01-01-0007" in pia
    assert "DEL-2026" not in text(world.client("hal"), "scoreboard:target", key="deletion")


def test_each_number_links_to_its_rows_and_every_link_of_the_board_opens(counted, world, clock) -> None:
    life.register_names(world)
    counted()
    page = text(world.client("pia"), "scoreboard:board")
    main = page[page.index("<main") : page.index("</main")]
    links = {link.split("#")[0].replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', main)}
    assert any("/contracts/coverage/" in link for link in links)
    broken = {link: world.client("pia").get(link).status_code for link in links}
    assert {link: status for link, status in broken.items() if status not in {200, 403}} == {}
    for target in targets():
        assert world.client("pia").get(target.rows_url).status_code == 200


def test_the_trend_is_drawn_from_the_days_with_a_hole_where_nothing_was_measured(counted, clock, world) -> None:
    life.register_names(world)
    for _ in range(4):
        counted()
        clock.move(days=1)
    Day.objects.filter(day=clock.now().date() - timedelta(days=2)).delete()
    card = selectors.card_for(world.hal, "contracts")
    assert card.trend is not None
    assert len(card.trend.lines) == 1
    assert len(card.trend.dots) == 1, "the lonely last day"
    page = text(world.client("hal"), "scoreboard:target", key="contracts")
    assert "3 days from" in page
    assert len(re.findall(r'<th scope="row">\d+ \w+ 20\d\d</th>', page)) == 3, "the same numbers as a table"
    sheet = world.client("hal").get(reverse("scoreboard:target-csv", args=["contracts"])).content.decode()
    assert len(sheet.splitlines()) == 4


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("**/*.html")), ids=lambda path: path.name)
def test_every_chart_shows_its_owner_alert_and_runbook(path: Path) -> None:
    words = path.read_text()
    charts = words.count("<figure") + words.count("{% sparkline") + words.count("{{ target.chart }}")
    told = words.count("{% answerers ") + len(re.findall(r"Owner: .*Alert: .*Runbook", words))
    if path.name != "answerers.html":
        assert told >= charts, "put {% answerers card %} beside each chart"


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.key)
def test_every_target_names_its_owner_its_alert_and_what_to_do(target) -> None:
    assert target.owner.label
    assert target.alert.endswith(".")
    assert len(target.runbook) >= 3


def test_an_old_count_says_that_the_clock_is_away_and_a_button_counts_now(counted, clock, world) -> None:
    client = world.client("ana")
    assert "Nothing is counted yet" in text(client, "scoreboard:board")
    counted()
    clock.move(hours=2)
    assert "The count is old" in text(client, "scoreboard:board")
    assert client.post(reverse("scoreboard:count")).status_code == 302
    assert count_targets().startswith("scoreboard of")
    assert "The count is old" not in text(client, "scoreboard:board")


def test_names_of_missing_rows_go_after_a_quarter_and_the_numbers_stay(counted, clock, world) -> None:
    life.register_names(world)
    day = counted()
    rule = next(rule for rule in RULES if rule.name == "names of missing rows")
    assert apply(rule, clock.now() + timedelta(days=99)) == 0
    assert apply(rule, clock.now() + timedelta(days=101)) == 1
    day.refresh_from_db()
    assert day.missing is None
    assert (figure(day, "contracts").missing, figure(day, "contracts").gaps) == (1, ())
    assert isinstance(day.day, date)


def test_example_days_are_worked_out_from_today_marked_and_never_recorded(counted, clock, world) -> None:
    life.register_names(world)
    life.signed(world, life.EXAMPLE)
    today = counted()
    assert examples.fill(today) == 60
    assert examples.fill(today) == 0
    first = Day.objects.order_by("day").first()
    assert (first.example, figure(first, "contracts").shown) == (True, "0 %")
    assert figure(first, "lineage").standing is Standing.NOT_MEASURED, "what has no value today has none before"
    assert counting.close_days(before=today.day) == 0
    clock.move(days=1)
    counted()
    assert Entry.objects.filter(kind="scoreboard:day:counted").count() == 1
    with pytest.raises(CommandError, match="for the demo only"):
        call_command("scoreboard_examples")


def test_the_provenance_answer_is_asked_for_real_and_its_seconds_are_the_value(counted, clock, world) -> None:
    run = str(uuid.uuid4())
    tell(world, event(clock.now(), run=run))
    Output.objects.create(namespace="demo", output_id="o-1", made_at=clock.now(), registered_at=clock.now())
    found = figure(counted(), "provenance")
    assert (found.total, found.standing) == (2, Standing.MISSED if found.missing else Standing.REACHED)
    assert found.value is not None
    assert 0 < found.value < 60
    for gap in found.gaps:
        assert world.client("ana").get(gap.url).status_code == 200


def test_the_owner_is_who_the_signed_raci_holds_accountable_and_its_gaps_are_counted(counted, world) -> None:
    life.register_names(world)
    day = counted()
    assert day.facts["owners"] == {}
    assert "Owner: head of data (Hal Head)." in text(world.client("ana"), "scoreboard:board")
    assert day.facts["raci"]["all"] >= 1, "the tier-1 asset has nobody who is responsible"
    page = text(world.client("ana"), "scoreboard:board")
    assert f"{day.facts['raci']['all']} gap" in page
    title = "Data contracts (Tier-1)"
    row = workstream_row(title, seats_of({"R": ["team:platform"], "A": ["role:auditor"]}))
    put_in_force(world, row)
    counted()
    assert "Owner: <a href=" in text(world.client("ana"), "scoreboard:target", key="contracts")
    assert {person.name for person in people_of(next(t for t in targets() if t.key == "contracts"))} == {
        "Aud Auditor", "Hal Head",
    }  # fmt: skip
