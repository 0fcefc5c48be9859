"""Gate R: a version comes into force when live data keeps what it adds, and says with figures why it does not."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from contracts_app import selectors, services, tasks
from contracts_app.domain.lifecycle import State
from contracts_app.models import ReadinessRun, TestRun
from portal.core.catalog.models import DataSystem
from portal.core.catalog.services import add_alias
from portal.core.evidence.models import Entry
from tests.contracts_app.life import again, propose, sign, signed

BASE = """
name: events
version: 1.0.0
owner: Data Platform
on_call: Data Platform
asset: {namespace: tests, name: events, kind: table}
schema:
  id: {type: integer, required: true}
  amount: {type: float}
change_policy: {breaking_change_notice_days: 14, deprecation_window_days: 30, contact: Product Analytics}
"""


def changed(old, new, number="1.1.0", text=BASE):
    assert old in text
    return text.replace(old, new).replace("version: 1.0.0", f"version: {number}").encode()


MIN = changed("{type: float}", "{type: float, min: 0}")


@pytest.fixture
def in_force(table, lies, world):
    """Version 1.0.0 in force over a table of three rows."""
    table.make("id int, amount float8", (1, 5.0), (2, None), (3, 7.0))
    lies(table)
    first = signed(world, BASE.encode(), ("ana",))
    assert first.state == State.ACTIVE
    return first


def scheduled(world, content=MIN):
    version = signed(world, content, ("ana",))
    assert version.state == State.SCHEDULED
    return version


def answer(version, check="live data"):
    return next(each for each in again(version).readiness if each["check"] == check)


def test_a_version_whose_promise_live_data_keeps_comes_into_force_by_the_worker(in_force, world):
    version = scheduled(world)
    assert answer(version)["waits"]
    assert "Live data is being looked at" in selectors.next_blocker(version)
    assert tasks.check_readiness(version.pk) == "active"
    said = answer(version)
    assert said["ok"]
    assert said["text"].startswith("Tested on 3 live rows: ")
    run = TestRun.objects.get(version=version)
    assert (run.trigger, run.state) == ("readiness", "passed")
    entry = Entry.objects.get(kind="contracts:version:tested")
    assert (entry.payload["rows"], entry.payload["state"], entry.payload["failed"]) == (3, "passed", 0)


def test_data_that_breaks_the_new_promise_holds_the_version_with_figures_until_it_is_mended(
    in_force, table, world, clock
):
    table.execute(f"UPDATE {table.name} SET amount = -1 WHERE id = 1")
    version = scheduled(world)
    assert tasks.check_readiness(version.pk) == "scheduled"
    assert "amount.min (1 of 3 rows fail)" in answer(version)["text"]
    (unmet,) = selectors.unmet_conditions(again(version))
    assert (unmet.key, unmet.word) == ("readiness.live data", "Not met")
    table.execute(f"UPDATE {table.name} SET amount = 1")
    assert services.activate_due() == 0  # not asked again before its time
    clock.move(minutes=6)
    services.activate_due()
    assert services.readiness_without_worker() == [version.pk]
    assert tasks.check_readiness(version.pk) == "active"


def test_a_version_that_is_held_is_asked_less_and_less_often(in_force, table, world, clock):
    table.execute(f"UPDATE {table.name} SET amount = -1")
    version = scheduled(world)
    waits = []
    for _ in range(9):
        tasks.check_readiness(version.pk)
        run = ReadinessRun.objects.get(version=version)
        waits.append((run.next_at - run.answered_at).total_seconds() / 60)
        clock.move(minutes=waits[-1] + 1)
        services.activate_due()
    assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert TestRun.objects.filter(version=version).count() == 9
    for _ in range(50):
        services.activate_due()
    assert TestRun.objects.filter(version=version).count() == 9


def test_what_fails_under_the_version_in_force_too_is_named_and_does_not_hold_the_new_one(in_force, table, world):
    table.execute(f"INSERT INTO {table.name} VALUES (NULL, 1)")
    version = scheduled(world)
    assert tasks.check_readiness(version.pk) == "active"
    said = answer(version)["text"]
    assert "Failing under the version in force too, so not held against this one: id.required" in said


def test_a_rule_may_fail_for_as_many_rows_as_the_accuracy_target_leaves(in_force, table, world):
    table.execute(
        f"INSERT INTO {table.name} SELECT n, CASE WHEN n % 1000 = 0 THEN -1 ELSE 1 END FROM generate_series(10, 3009) n"
    )
    slo = "\nslos:\n  accuracy_pct: {target: '>= 99.8', alert: '< 99'}\n  accuracy_rules: [{rule: amount < 1000}]\n"
    version = scheduled(world, MIN + slo.encode())
    tasks.check_readiness(version.pk)
    assert "Within the accuracy target (0.2 % may fail): amount.min (3 of 3,003 rows fail)" in answer(version)["text"]
    assert again(version).state == State.ACTIVE


def test_an_asset_that_cannot_be_tested_comes_into_force_untested_and_says_so(lies, world):
    lies()
    signed(world, BASE.encode(), ("ana",))
    version = signed(world, MIN, ("ana",))
    assert version.state == State.ACTIVE
    assert answer(version)["text"].startswith("Not tested on live data. Cannot be tested here: the catalog")


def test_a_store_that_is_away_is_not_ready_and_asked_again(in_force, world):
    DataSystem.objects.update(settings={"host": "127.0.0.1", "port": 1}, probe_secret="")
    version = scheduled(world)
    assert tasks.check_readiness(version.pk) == "scheduled"
    assert not answer(version)["ok"]
    assert ReadinessRun.objects.get(version=version).tries == 1


def look_now(version, user):
    services.ask_readiness(user=user, version=version)
    assert services.answer_readiness(services.lease_readiness(version.pk))


def test_answers_from_a_moment_ago_are_good_enough_for_the_last_signature(in_force, world, clock):
    version = propose(world, MIN)
    look_now(version, world.bob)
    clock.move(minutes=14)
    sign(world, "ana", version)
    assert again(version).state == State.ACTIVE
    assert TestRun.objects.filter(version=version).count() == 1


def test_answers_older_than_a_quarter_of_an_hour_are_asked_for_anew(in_force, table, world, clock):
    version = propose(world, MIN)
    look_now(version, world.bob)
    clock.move(minutes=16)
    table.execute(f"UPDATE {table.name} SET amount = -1")
    sign(world, "ana", version)
    assert again(version).state == State.SCHEDULED
    assert tasks.check_readiness(version.pk) == "scheduled"


def test_a_column_of_another_type_than_the_new_version_promises_holds_it(in_force, world, clock):
    version = propose(world, changed("amount: {type: float}", "amount: {type: string}", "2.0.0"))
    look_now(version, world.bob)
    assert "amount (failed)" in answer(version)["text"]


def test_people_of_the_team_may_run_readiness_before_and_others_may_not(in_force, world, client):
    version = propose(world, MIN)
    with pytest.raises(PermissionDenied):
        services.ask_readiness(user=world.otto, version=version)
    with pytest.raises(services.Refused, match="only a version that waits for force"):
        services.ask_readiness(user=world.bob, version=in_force)
    client.force_login(world.dan)
    shown = client.post(f"/contracts/versions/{version.pk}/readiness/", follow=True).content.decode()
    assert "Readiness for force" in shown
    assert services.answer_readiness(services.lease_readiness(version.pk))
    page = client.get(f"{version.get_absolute_url()}&tab=tests").content.decode()
    assert "Tested on 3 live rows" in page
    assert again(version).state == State.PROPOSED


def test_a_lost_worker_is_replaced_and_not_listened_to_and_two_never_look_at_once(in_force, world, clock):
    version = scheduled(world)
    lost = services.lease_readiness(version.pk)
    assert services.lease_readiness(version.pk) is None
    clock.move(minutes=31)
    assert services.readiness_without_worker() == [version.pk]
    found = services.lease_readiness(version.pk)
    assert services.answer_readiness(found)
    assert not services.answer_readiness(lost)


@pytest.mark.django_db(transaction=True)
def test_no_lock_is_held_while_live_data_is_looked_at(world, table, lies, monkeypatch):
    from contracts_app.services import checks_probe

    table.make("id int, amount float8", (1, 5.0))
    lies(table)
    signed(world, BASE.encode(), ("ana",))
    version = scheduled(world)
    seen = []
    real = checks_probe.Probe.findings
    monkeypatch.setattr(
        checks_probe.Probe, "findings", lambda self: seen.append(connection.in_atomic_block) or real(self)
    )
    assert tasks.check_readiness(version.pk) == "active"
    assert seen == [False]


def deletion(*targets):
    listed = ", ".join(targets)
    return f"privacy: {{deletion_propagation: [{listed}]}}\n"


def test_a_dropped_deletion_target_must_be_shown_to_be_empty(table, lies, world, folder, clock):
    folder.kind, folder.object_name = "parquet", "copies"
    table.make("id int, amount float8", (1, 5.0))
    lies(table)
    other = type(table)(table.url)
    try:
        other.make("id int", (1,), (2,))
        copy = lies(other, name="copy")
        add_alias(text="copies", asset=copy)
        signed(world, (BASE + deletion("copies")).encode(), ("ana",))
        version = propose(world, changed("version: 1.0.0", "version: 2.0.0", "2.0.0"))
        services.ask_readiness(user=world.bob, version=version)
        services.answer_readiness(services.lease_readiness(version.pk))
        assert "still holds 2 rows" in answer(version, "deletion.removed")["text"]
        other.execute(f"DELETE FROM {other.name}")
        clock.move(minutes=1)
        services.ask_readiness(user=world.bob, version=version)
        services.answer_readiness(services.lease_readiness(version.pk))
        assert answer(version, "deletion.removed")["ok"]
        other.execute(f"DROP TABLE {other.name}")
        clock.move(minutes=1)
        services.ask_readiness(user=world.bob, version=version)
        services.answer_readiness(services.lease_readiness(version.pk))
        assert answer(version, "deletion.removed")["text"].endswith("is gone.")
    finally:
        other.drop()


def test_a_new_deletion_target_needs_a_store_that_answers_with_the_right_to_delete(in_force, lies, table, world, clock):
    copy = lies(name="copy")
    add_alias(text="copies", asset=copy)
    version = scheduled(world, changed("version: 1.0.0", "version: 1.1.0") + deletion("copies").encode())
    assert tasks.check_readiness(version.pk) == "scheduled"
    assert answer(version, "deletion.added")["text"] == "copies lies nowhere: the catalog has no placement of it."
    other = type(table)(table.url)
    try:
        lies(other, name="copy")
        clock.move(minutes=6)
        services.activate_due()
        assert tasks.check_readiness(version.pk) == "active"
        assert "answers with the right to delete" in answer(version, "deletion.added")["text"]
    finally:
        other.drop()


def test_a_region_that_is_taken_out_must_hold_no_copy_of_the_asset(table, lies, world):
    text = BASE + "residency: us-eu\n"
    table.make("id int, amount float8", (1, 5.0))
    asset = lies(table)
    DataSystem.objects.update(region="eu-west-1")
    signed(world, text.encode(), ("ana",))
    version = signed(world, changed("us-eu", "us-only", text=text), ("ana",))
    assert version.state == State.SCHEDULED
    assert f"{asset.placements.get()} lies in eu-west-1, which is not among us." in answer(version, "stores")["text"]
    DataSystem.objects.update(region="us-east-1")
    assert services.activate_due() == 1


def test_a_key_of_the_queue_is_not_lost_when_readiness_takes_over_a_queued_run(in_force, world):
    version = scheduled(world)
    queued = services.ask_for_test(user=world.bob, version=version, key=uuid.uuid4())
    tasks.check_readiness(version.pk)
    queued.refresh_from_db()
    assert (queued.trigger, queued.state) == ("readiness", "passed")
