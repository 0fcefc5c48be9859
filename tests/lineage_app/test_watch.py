"""The watch over real events: missing, stuck, failing; opened once, told to the owner, over once it runs well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from lineage_app.models import Expectation, Job, RunFinding, WatchGap
from lineage_app.selectors.ownership import owners_of_jobs
from lineage_app.selectors.watch import open_findings, rhythm_of
from lineage_app.services import expect_no_more, expect_runs, look, mute, project_all
from portal.core.catalog.services import add_team_address, adopt_asset
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.core.notify.models import Message
from portal.core.notify.sealing import unseal
from tests.lineage_app.sending import event, post

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
STREAMING = {"jobType": {"processingType": "STREAMING"}}


@pytest.fixture
def now(clock: Any) -> datetime:
    moment: datetime = clock.now()
    return moment


@pytest.fixture
def told(world: Any, send: Callable[..., None], now: datetime) -> Callable[..., None]:
    """Tell of runs of the job `load`, which writes an asset of Data Platform."""
    adopt_asset(actor=system_actor("tests"), namespace="demo", name="b", kind="table", owner_team=world.platform)

    def telling(kind: str, ago: timedelta, run: int = 1, **known: Any) -> None:
        send(event(kind, run=run, **known) | {"eventTime": (now - ago).isoformat()})

    return telling


def job(name: str = "load") -> Job:
    return Job.objects.get(name=name)


def letters() -> list[Any]:
    return [unseal(bytes(row.sealed), row.dedup_key) for row in Message.objects.order_by("pk") if row.sealed]


def standing() -> set[tuple[str, str]]:
    return {(row.job.name, row.kind) for row in open_findings()}


def looked(at: datetime, *, from_before: timedelta = timedelta()) -> None:
    """Look every few minutes up to `at`, as the tick does: a longer pause is a time in which nobody listened."""
    moment = at - from_before
    while moment < at:
        look(moment)
        moment += 9 * MINUTE
    look(at)


def test_an_expected_run_that_does_not_complete_is_found_once_told_once_and_ends_when_it_does(
    world: Any, told: Any, now: datetime
) -> None:
    told("COMPLETE", 3 * HOUR, run=1)
    expect_runs(user=world.ana, job=job(), every=HOUR, grace=15 * MINUTE)
    look(now + MINUTE)
    assert standing() == set()
    looked(now + 76 * MINUTE, from_before=70 * MINUTE)
    assert standing() == {("load", "missing")}
    (finding,) = RunFinding.objects.all()
    assert finding.team_ids() == {world.platform.pk}
    assert "none completed" in finding.sentence
    assert {letter.address for letter in letters()} == {world.dan.email}
    looked(now + 90 * MINUTE, from_before=9 * MINUTE)
    assert RunFinding.objects.count() == len(letters()) == 1
    assert finding.get_absolute_url() in letters()[0].body

    told("COMPLETE", -95 * MINUTE, run=2)
    look(now + 96 * MINUTE)
    finding.refresh_from_db()
    assert finding.resolved_at is not None
    assert finding.resolution.startswith("It completed on")
    assert standing() == set()


def test_a_failed_run_is_no_run_that_came(world: Any, told: Any, now: datetime) -> None:
    told("COMPLETE", 3 * HOUR, run=1)
    expect_runs(user=world.ana, job=job(), every=HOUR)
    told("FAIL", -30 * MINUTE, run=2)
    looked(now + 80 * MINUTE, from_before=80 * MINUTE)
    assert standing() == {("load", "missing")}


def test_nothing_is_held_against_a_job_for_a_time_in_which_the_portal_was_away(
    world: Any, told: Any, now: datetime
) -> None:
    told("COMPLETE", MINUTE, run=1)
    expect_runs(user=world.ana, job=job(), every=HOUR, grace=15 * MINUTE)
    look(now)
    look(now + 5 * HOUR)
    gap = WatchGap.objects.get()
    assert (gap.since, gap.until) == (now, now + 5 * HOUR)
    assert standing() == set()
    looked(now + 6 * HOUR + 16 * MINUTE, from_before=75 * MINUTE)
    assert standing() == {("load", "missing")}


def test_while_events_wait_for_the_graph_nothing_later_is_judged(world: Any, told: Any, token: str, clock: Any) -> None:
    told("COMPLETE", MINUTE, run=1)
    expect_runs(user=world.ana, job=job(), every=5 * MINUTE, grace=timedelta())
    start = clock.now()
    look(start)
    clock.move(minutes=4)
    post(token, event("COMPLETE", run=2, job="another"))
    looked(start + 20 * MINUTE, from_before=20 * MINUTE)
    assert standing() == set()
    project_all()
    look(start + 21 * MINUTE)
    assert standing() == {("load", "missing")}


def test_a_run_that_starts_and_never_ends_is_stuck_and_its_heartbeat_counts(
    world: Any, told: Any, now: datetime
) -> None:
    told("START", 8 * HOUR, run=1)
    told("RUNNING", 7 * HOUR, run=1)
    told("START", 7 * HOUR, run=2, job="alive")
    told("RUNNING", HOUR, run=2, job="alive")
    told("START", 7 * HOUR, run=3, job="stream", job_facets=STREAMING)
    looked(now)
    assert standing() == {("load", "stuck")}
    assert RunFinding.objects.get().since == now - 7 * HOUR
    page = world.client("cleo").get(RunFinding.objects.get().get_absolute_url()).content.decode()
    assert "Open the run" in page
    told("ABORT", MINUTE, run=1)
    look(now + MINUTE)
    assert standing() == set()
    assert RunFinding.objects.get().resolution == "The run ended."


def test_a_later_run_that_completes_makes_a_silent_one_good(world: Any, told: Any, now: datetime) -> None:
    told("START", 8 * HOUR, run=1)
    told("COMPLETE", HOUR, run=2)
    looked(now)
    assert standing() == set()


def test_an_owner_says_how_long_a_run_of_a_job_may_be_silent(world: Any, told: Any, now: datetime) -> None:
    told("START", 2 * HOUR, run=1)
    looked(now)
    assert standing() == set()
    expect_runs(user=world.ana, job=job(), longest=HOUR)
    look(now + MINUTE)
    assert standing() == {("load", "stuck")}


def test_three_failures_in_a_row_are_found_and_one_success_ends_it(world: Any, told: Any, now: datetime) -> None:
    for run, hours in ((1, 5), (2, 4)):
        told("FAIL", hours * HOUR, run=run)
    looked(now)
    assert standing() == set()
    told("FAIL", 3 * HOUR, run=3)
    look(now + MINUTE)
    assert standing() == {("load", "failing")}
    assert RunFinding.objects.get().since == now - 5 * HOUR
    told("FAIL", 2 * HOUR, run=4)
    look(now + 2 * MINUTE)
    assert RunFinding.objects.get().count == 4
    told("COMPLETE", HOUR, run=5)
    look(now + 3 * MINUTE)
    assert standing() == set()


def test_what_is_ancient_when_the_watch_begins_is_history(world: Any, told: Any, now: datetime) -> None:
    told("START", 40 * DAY, run=1)
    for run in (2, 3, 4):
        told("FAIL", (40 + run) * DAY, run=run, job="old")
    looked(now)
    assert standing() == set()


def test_foreign_events_neither_end_a_finding_nor_open_one(world: Any, told: Any, now: datetime) -> None:
    told("COMPLETE", MINUTE, run=1)
    expect_runs(user=world.ana, job=job(), every=HOUR)
    outside = world.token("lineage:write", namespaces=("other*",))
    post(outside, event("COMPLETE", run=9) | {"eventTime": (now + 70 * MINUTE).isoformat()})
    project_all()
    looked(now + 80 * MINUTE, from_before=80 * MINUTE)
    assert standing() == {("load", "missing")}


def test_many_findings_of_one_look_are_one_letter(world: Any, told: Any, now: datetime) -> None:
    for n in range(25):
        for attempt in range(3):
            told("FAIL", (attempt + 1) * HOUR, run=100 + 3 * n + attempt, job=f"job_{n:02d}")
    look(now)
    (letter,) = letters()
    assert letter.subject == "Lineage: 25 findings about jobs"
    assert "And 5 more" in letter.body


def test_a_muted_finding_is_quiet_also_when_it_comes_again_and_the_ledger_knows(
    world: Any, told: Any, now: datetime
) -> None:
    for run, hours in ((1, 5), (2, 4), (3, 3)):
        told("FAIL", hours * HOUR, run=run)
    look(now)
    finding = RunFinding.objects.get()
    with pytest.raises(PermissionDenied):
        mute(user=world.otto, finding=finding, days=7, reason="It is not mine to say.")
    with pytest.raises(ValidationError):
        mute(user=world.dan, finding=finding, days=7, reason="no")
    mute(user=world.dan, finding=finding, days=7, reason="The vendor mends it on Monday.")
    assert Entry.objects.get(kind="lineage:finding:muted").payload["kind"] == "failing"
    told("COMPLETE", 2 * HOUR, run=4)
    look(now + MINUTE)
    for run in (5, 6, 7):
        told("FAIL", (8 - run) * 10 * MINUTE, run=run)
    look(now + 2 * MINUTE)
    again = RunFinding.objects.get(resolved_at=None)
    assert again.mute_reason == "The vendor mends it on Monday."
    assert len(letters()) == 1
    assert again.get_absolute_url() not in world.client("ana").get("/").content.decode()
    world.client("dan").post(again.get_absolute_url(), {"act": "unmute"})
    assert again.get_absolute_url() in world.client("ana").get("/").content.decode()
    assert not RunFinding.objects.exclude(muted_until=None).exists()


def test_the_owner_finds_it_among_his_work_until_he_has_seen_it(world: Any, told: Any, now: datetime) -> None:
    for run, hours in ((1, 5), (2, 4), (3, 3)):
        told("FAIL", hours * HOUR, run=run)
    look(now)
    url = RunFinding.objects.get().get_absolute_url()
    assert url in world.client("ana").get("/").content.decode()
    assert url not in world.client("otto").get("/").content.decode()
    assert world.client("otto").post(url, {"act": "acknowledge"}).status_code == 403
    assert world.client("dan").post(url, {"act": "acknowledge", "note": "On it"}).status_code == 302
    assert url not in world.client("ana").get("/").content.decode()
    page = world.client("cleo").get(url).content.decode()
    assert "On it" in page
    assert ">Seen<" in page
    assert world.client("dan").post(url, {"act": "mute", "days": "700", "reason": "long enough"}).status_code == 422


def test_a_job_is_owned_by_whom_its_outputs_belong_to_else_by_its_ownership_facet(
    world: Any, told: Any, send: Any, now: datetime
) -> None:
    told("COMPLETE", HOUR, run=1)
    said = {"ownership": {"owners": [{"name": "team:Logistics"}, {"name": "unknown"}]}}
    send(event(run=2, job="facet", outputs=["z"], job_facets=said))
    send(event(run=3, job="no_inputs", inputs=[], outputs=["b"]))
    send(event(run=4, job="nobodys", outputs=["y"]))
    owners = owners_of_jobs([job(name).pk for name in ("load", "facet", "no_inputs", "nobodys")])
    assert list(owners.values()) == [{world.platform.pk}, {world.logistics.pk}, {world.platform.pk}, set()]
    add_team_address(text="z@example.org", team=world.logistics, kind="email")


def test_only_owners_of_its_team_and_administrators_say_when_a_job_runs(world: Any, told: Any) -> None:
    told("COMPLETE", HOUR, run=1)
    with pytest.raises(PermissionDenied):
        expect_runs(user=world.otto, job=job(), every=HOUR)
    with pytest.raises(ValidationError, match="not both"):
        expect_runs(user=world.ana, job=job(), every=HOUR, at=time(6))
    with pytest.raises(ValidationError, match="how long a run may be silent"):
        expect_runs(user=world.ana, job=job())
    with pytest.raises(ValidationError, match="five minutes"):
        expect_runs(user=world.ana, job=job(), every=MINUTE)
    first = expect_runs(user=world.ada, job=job(), at=time(6), zone="Europe/Berlin")
    again = expect_runs(user=world.ana, job=job(), at=time(6), zone="Europe/Berlin")
    assert first.declared_at == again.declared_at
    assert Entry.objects.filter(kind="lineage:expectation:declared").count() == 1
    expect_no_more(user=world.ana, job=job())
    expect_no_more(user=world.ana, job=job())
    assert Entry.objects.filter(kind="lineage:expectation:withdrawn").count() == 1


def test_an_expectation_that_is_taken_back_ends_its_finding(world: Any, told: Any, now: datetime) -> None:
    told("COMPLETE", MINUTE, run=1)
    expect_runs(user=world.ana, job=job(), every=HOUR)
    looked(now + 80 * MINUTE, from_before=80 * MINUTE)
    expect_no_more(user=world.ana, job=job())
    look(now + 81 * MINUTE)
    assert RunFinding.objects.get().resolution == "It is no longer expected."


def test_the_job_page_offers_the_rhythm_that_was_seen_and_one_click_accepts_it(
    world: Any, told: Any, now: datetime
) -> None:
    for n in range(8):
        told("COMPLETE", (n + 1) * HOUR, run=n + 1)
    page = world.client("ana").get(job().get_absolute_url()).content.decode()
    assert "about every 1 h" in page
    assert "Expect it" not in world.client("cleo").get(job().get_absolute_url()).content.decode()
    url = reverse("lineage:expectation-accept", args=[job().pk])
    assert world.client("otto").post(url).status_code == 403
    assert world.client("ana").post(url).status_code == 302
    expected = Expectation.objects.get()
    assert (expected.every, expected.grace) == (HOUR, 15 * MINUTE)
    assert "Every 1 h, 15 min of grace" in world.client("cleo").get(job().get_absolute_url()).content.decode()


def test_nominal_times_tell_the_rhythm_where_every_run_has_one(told: Any, now: datetime) -> None:
    for n in range(8):
        nominal = (now - (n + 1) * DAY).isoformat()
        facets = {"nominalTime": {"nominalStartTime": nominal}}
        told("COMPLETE", timedelta(minutes=n * n * 30 + 1), run=n + 1, run_facets=facets)
    found = rhythm_of(job(), now)
    assert found is not None
    assert found.schedule.at == time(now.hour, now.minute)


def test_the_form_takes_hours_or_a_time_of_the_day_and_says_what_is_wrong(world: Any, told: Any) -> None:
    told("COMPLETE", HOUR, run=1)
    url, ana = reverse("lineage:expectation", args=[job().pk]), world.client("ana")
    assert ana.get(url).status_code == 200
    sent = {"how": "every", "number": "2", "unit": "3600", "grace": "20", "zone": "UTC"}
    assert ana.post(url, sent).status_code == 302
    assert Expectation.objects.get().every == 2 * HOUR
    assert ana.post(url, {"how": "daily", "at": "06:30", "zone": "Europe/Berlin", "grace": "20"}).status_code == 302
    assert (Expectation.objects.get().every, Expectation.objects.get().at) == (None, time(6, 30))
    assert 'value="06:30' in ana.get(url).content.decode()
    for wrong, sentence in (
        ({"how": "every", "number": ""}, "Say how often it runs."),
        ({"how": "daily", "at": ""}, "Say at which time of the day"),
        ({"how": "not", "longest": ""}, "Say how long a run may be silent"),
        ({"zone": "Mars/Base"}, "Name a time zone"),
        ({"number": "1", "unit": "60"}, "at most every five minutes"),
    ):
        answer = ana.post(url, sent | wrong)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    withdraw = reverse("lineage:expectation-withdraw", args=[job().pk])
    assert ana.get(withdraw).status_code == 200
    ana.post(withdraw)
    assert not Expectation.objects.exists()


def test_findings_are_listed_by_state_kind_owner_and_job(world: Any, told: Any, now: datetime) -> None:
    for run, hours in ((1, 5), (2, 4), (3, 3)):
        told("FAIL", hours * HOUR, run=run)
    told("START", 9 * HOUR, run=4, job="slow", outputs=["nobodys"])
    look(now)
    url, client = reverse("lineage:findings"), world.client("cleo")

    def shown(**query: str) -> set[str]:
        return {row.job.name for row, *_ in client.get(url, query).context["rows"]}

    assert shown() == {"load", "slow"}
    assert shown(kind="stuck") == shown(team="none") == shown(q="slo") == {"slow"}
    assert shown(team="platform") == {"load"}
    assert shown(state="resolved") == shown(state="muted") == set()
    assert shown(state="all") == {"load", "slow"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_look_at_once(now: datetime) -> None:
    import threading

    from django.db import connection

    look(now)
    results: list[Any] = []

    def other() -> None:
        try:
            results.append(look(now + MINUTE))
        finally:
            connection.close()

    with transaction.atomic():
        look(now + MINUTE)
        worker = threading.Thread(target=other)
        worker.start()
        worker.join(20)
    assert results == [None]


def test_the_tasks_of_the_watch_run_by_the_clock() -> None:
    from lineage_app import tasks
    from portal.core.clock.beat import schedule

    assert {tasks.watch.name, tasks.count_coverage.name} <= {entry["task"] for entry in schedule().values()}
