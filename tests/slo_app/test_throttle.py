"""Who is held back, by real lineage and real looks, as a consumer hears it."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lineage_app.services import project_all
from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from portal.core.notify.models import Message
from portal.core.notify.sealing import unseal
from slo_app.domain.alert import Phase
from slo_app.models import ThrottleLevel, ThrottleReach
from slo_app.models.throttle import digest_of
from slo_app.selectors.throttle import _READ
from slo_app.services.consumer_classes import set_class, set_consumer
from slo_app.services.incidents import resolve
from slo_app.services.overrides import ThrottleRefused, end_override, override
from slo_app.services.throttling import refresh
from slo_app.tasks import keep_throttle_true
from tests.lineage_app.sending import event
from tests.slo_app.throttled import accuracy_of, an_asset, ask, measured, readers, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(world):
    made = an_asset(world)
    readers(world)
    return made


@pytest.fixture
def slo(asset):
    return accuracy_of(asset)


def told(world, asset, consumer="demo/direct"):
    answer = ask(world, asset, consumer)
    assert answer.status_code == 200, answer.content
    return answer.json()


def factors(world, asset):
    return {name: told(world, asset, f"demo/{name}")["rate_factor"] for name in ("direct", "farther", "aside")}


def test_a_calm_asset_holds_nobody_back(world, asset, slo, clock):
    measured(clock, slo, "100")
    said = told(world, asset)
    assert (said["decision"], said["rate_factor"], said["reasons"]) == ("allow", 1.0, [])
    assert said["on_unknown"] == "allow"
    assert said["expires_at"] > said["as_of"]


def test_pending_only_says_so_firing_halves_and_twice_the_distance_leaves_a_tenth(world, asset, slo, clock):
    measured(clock, slo, "100")
    assert measured(clock, slo, "99.6") is Phase.PENDING
    said = told(world, asset)
    assert (said["decision"], said["rate_factor"]) == ("allow", 1.0)
    assert said["reasons"][0]["state"] == "pending"

    assert measured(clock, slo, "99.6") is Phase.FIRING
    assert factors(world, asset) == {"direct": 0.5, "farther": 0.5, "aside": 1.0}
    [reason] = told(world, asset)["reasons"]
    assert reason["slo"] == str(slo)
    assert (reason["value"], reason["threshold"]) == ("99.6", "< 99.7")
    assert reason["since"] == slo.alerts.get().fired_at.isoformat()
    assert reason["url"].endswith(slo.get_absolute_url())

    measured(clock, slo, "99.5")
    assert factors(world, asset) == {"direct": 0.1, "farther": 0.5, "aside": 1.0}


def test_a_breach_with_its_budget_spent_leaves_a_tenth_and_denies_nobody_but_the_regulated(world, asset, slo, clock):
    slo.objective = "0.999999"  # a month of five minutes of 10,000 rows leaves 80 bad rows
    slo.save()
    measured(clock, slo, "99.55", "99.55")
    assert factors(world, asset)["direct"] == 0.1
    assert told(world, asset)["reasons"][0]["state"] == "spent"
    set_consumer(user=world.ana, namespace="demo", name="direct", kind="regulated")
    set_consumer(user=world.ana, namespace="demo", name="farther", kind="regulated")
    answer = ask(world, asset, "demo/direct")
    assert (answer.json()["decision"], answer.json()["rate_factor"]) == ("deny", 0)
    assert answer["Retry-After"] == "30"
    assert told(world, asset, "demo/farther")["decision"] == "degrade"


def test_after_a_recovery_the_rate_climbs_over_good_evaluations(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    seen = []
    for _ in range(6):
        measured(clock, slo, "99.95")
        seen.append(told(world, asset)["rate_factor"])
    assert seen == [0.5, 0.1, 0.1, 0.5, 1.0, 1.0]


def test_a_breach_during_the_climb_starts_it_again(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6", "99.95", "99.95", "99.95", "99.95")
    assert told(world, asset)["rate_factor"] == 0.5
    measured(clock, slo, "99.6")
    assert told(world, asset)["rate_factor"] == 0.1


def test_no_data_follows_on_unknown_of_the_class(world, asset, slo, clock):
    measured(clock, slo, "100")
    set_consumer(user=world.ana, namespace="demo", name="direct", kind="automatic")
    assert told(world, asset)["decision"] == "allow"
    assert measured(clock, slo, None, None, None) is Phase.NO_DATA
    assert told(world, asset)["decision"] == "deny"
    assert told(world, asset)["reasons"][0]["state"] == "no_data"
    assert told(world, asset, "demo/farther")["decision"] == "allow"
    set_class(user=world.ada, key="automatic", on_unknown="allow")
    said = told(world, asset)
    assert (said["decision"], said["policy_version"]) == ("allow", "1-automatic-2")


def test_a_level_that_nobody_has_refreshed_is_unknown_and_not_green(world, asset, slo, clock):
    measured(clock, slo, "100")
    set_consumer(user=world.ana, namespace="demo", name="direct", kind="automatic")
    clock.move(minutes=30)  # no worker runs, so nobody has said "no data" either
    said = told(world, asset)
    assert (said["decision"], said["reasons"][0]["state"]) == ("deny", "stale")


def test_no_data_keeps_a_breach_alive(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6", None, None, None)
    assert told(world, asset)["rate_factor"] == 0.5


def test_a_consumer_that_lineage_does_not_know_follows_on_unknown(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    said = told(world, asset, "demo/nobody")
    assert (said["decision"], said["reasons"][-1]["state"]) == ("allow", "unknown_consumer")
    set_consumer(user=world.ana, namespace="demo", name="nobody", kind="regulated")
    assert told(world, asset, "demo/nobody")["decision"] == "deny"
    assert told(world, asset, "")["decision"] == "allow"


def test_freshness_and_the_like_throttle_nobody(world, asset, clock):
    slo = accuracy_of(asset, kind="freshness")
    measured(clock, slo, "50", "50")
    assert told(world, asset)["decision"] == "allow"
    assert not ThrottleLevel.objects.exists()


def test_declared_edges_dashboards_and_the_job_that_a_task_is_part_of_are_downstream_too(world, asset, slo, clock):
    parent = {"parent": {"run": {"runId": "0199a3c2-7d5e-7000-8000-000000000099"},
                         "job": {"namespace": "demo", "name": "dag"}}}  # fmt: skip
    send(
        world,
        event("STATIC", job="declared", inputs=("orders",), outputs=("report",), minute=1),
        event(job="dashboard", inputs=("orders",), outputs=(), run=7),
        event(job="dag.task", inputs=("features",), outputs=("more",), run=8, run_facets=parent),
    )
    measured(clock, slo, "99.6", "99.6", "99.5")
    assert told(world, asset, "demo/declared")["rate_factor"] == 0.1
    assert told(world, asset, "demo/dashboard")["rate_factor"] == 0.1
    assert told(world, asset, "demo/dag")["rate_factor"] == 0.5


def test_a_job_that_lineage_learns_of_later_is_picked_up(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    send(world, event(job="late", inputs=("orders",), outputs=("late_table",), run=20))
    assert told(world, asset, "demo/late")["rate_factor"] == 1.0
    clock.move(minutes=1)
    keep_throttle_true()
    assert told(world, asset, "demo/late")["rate_factor"] == 0.5


def test_an_slo_that_is_switched_off_holds_nobody_back(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    slo.enabled = False
    slo.save()
    keep_throttle_true()
    assert told(world, asset)["rate_factor"] == 1.0


def test_an_incident_closed_by_hand_lets_the_rate_climb(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    resolve(user=world.ana, incident=slo.incidents.get(), cause="Rolled back.")
    keep_throttle_true()
    assert told(world, asset)["reasons"][0]["state"] == "recovering"


def test_a_state_change_writes_as_much_for_ten_thousand_consumers_as_for_two(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    with CaptureQueriesContext(connection) as few:
        refresh(asset_id=asset.pk, at=now())
    ThrottleReach.objects.bulk_create(
        ThrottleReach(asset=asset, consumer=f"{n:064d}", namespace="demo", name=f"job {n}", hops=2)
        for n in range(10_000)
    )
    with CaptureQueriesContext(connection) as many:
        refresh(asset_id=asset.pk, at=now())
    assert len(many) == len(few)
    assert not any("throttlereach" in each["sql"] and "SELECT" not in each["sql"] for each in many)


def test_an_answer_is_one_read(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    token = world.token("throttle:read")
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/api/v1/throttle/{asset.key}?consumer=demo/direct"
    Client().get(path, headers=headers)
    with CaptureQueriesContext(connection) as queries:
        Client().get(path, headers=headers)
    assert [each["sql"] for each in queries if "clock" not in each["sql"]] == []  # all beside the one prepared read
    asked = {"asset": digest_of(asset.key), "consumer": digest_of("demo/direct"), "now": now(), "default": "batch"}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {_READ}", asked)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan" not in plan, plan


def test_the_answer_is_cached_privately_and_answered_by_304_until_it_changes(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    first = ask(world, asset, "demo/direct")
    assert first["Cache-Control"] == "private, max-age=30, stale-if-error=300"
    assert "Authorization" in first["Vary"]
    clock.move(seconds=40)
    again = ask(world, asset, "demo/direct", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    measured(clock, slo, "99.5")
    changed = ask(world, asset, "demo/direct", **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_bad_token_and_an_unknown_asset_are_problems(world, asset):
    answer = Client().get(f"/api/v1/throttle/{asset.key}", headers={"Authorization": "Bearer custody_wrong"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    token = world.token("throttle:read")
    answer = Client().get("/api/v1/throttle/demo/none", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_an_override_holds_until_its_end_and_is_evidence(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    end = now() + timedelta(hours=1)
    override(user=world.ana, asset=asset, consumer="", factor=0.0, ends_at=end, reason="migration")
    mine = override(user=world.dan, asset=asset, consumer="demo/direct", factor=1.0, ends_at=end, reason="fixes it")
    said = told(world, asset)
    assert (said["decision"], said["reasons"][0]["state"]) == ("allow", "override")
    assert "fixes it" in said["reasons"][0]["text"]
    assert told(world, asset, "demo/farther")["decision"] == "deny"
    end_override(user=world.ana, override=mine)
    assert told(world, asset)["decision"] == "deny"
    clock.move(hours=2)
    assert told(world, asset)["rate_factor"] == 0.5
    kinds = list(Entry.objects.filter(kind__startswith="slo:throttle").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["slo:throttle:overridden", "slo:throttle:overridden", "slo:throttle:restored"]


@pytest.mark.parametrize(("reason", "hours"), [("", 1), ("why", -1), ("why", 200)])
def test_an_override_needs_a_reason_and_an_end(world, asset, reason, hours):
    with pytest.raises(ThrottleRefused):
        override(
            user=world.ana, asset=asset, consumer="", factor=0.5, ends_at=now() + timedelta(hours=hours), reason=reason
        )


def test_a_subscribed_consumer_gets_one_hint_for_each_change_of_its_decision(world, asset, slo, clock, settings):
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1:9"]
    measured(clock, slo, "100")
    set_consumer(user=world.ana, namespace="demo", name="direct", kind="batch", webhook="http://127.0.0.1:9/hint")
    measured(clock, slo, "99.6", "99.6", "99.6", "99.6")
    [message] = Message.objects.filter(channel="webhook")
    sent = json.loads(unseal(bytes(message.sealed), message.dedup_key).body)
    assert (sent["decision"], sent["rate_factor"], sent["consumer"]) == ("degrade", 0.5, "demo/direct")
    measured(clock, slo, "99.95", "99.95")
    assert Message.objects.filter(channel="webhook").count() == 2


def test_projecting_again_changes_nothing(world, asset, slo, clock):
    measured(clock, slo, "99.6", "99.6")
    before = set(ThrottleReach.objects.values_list("namespace", "name", "hops"))
    project_all()
    clock.move(minutes=1)
    keep_throttle_true()
    assert set(ThrottleReach.objects.values_list("namespace", "name", "hops")) == before
