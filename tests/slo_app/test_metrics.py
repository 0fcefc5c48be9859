"""What `/metrics` says of the SLOs: read back with Prometheus's own parsers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_families
from prometheus_client.parser import text_string_to_metric_families as plain_families

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from portal.core.evidence.services import sequence
from portal.core.notify.services import enqueue
from portal.core.web import exposition
from portal.core.web.metrics import LONGEST_LABEL, gauge
from slo_app.models import Alert, Measurement, Slo
from tests.slo_app.estate import freshness_of

pytestmark = pytest.mark.django_db
OPEN = "application/openmetrics-text; version=1.0.0"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def scrape(client, world):
    """Ask with a token of the namespaces, and read every sample as {name: [(labels, value)]}."""

    def ask(namespaces=("*",), accept=""):
        token = world.token("metrics:read", namespaces=namespaces)
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}", "Accept": accept})
        assert answer.status_code == 200
        families = (open_families if accept == OPEN else plain_families)(answer.content.decode())
        found: dict[str, list] = {}
        for sample in (sample for family in families for sample in family.samples):
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
        return found

    return ask


def an_asset(world, name="orders", namespace="shop"):
    return Asset.objects.create(namespace=namespace, name=name, kind="table", owner_team=world.platform)


def measured(slo, result="ok", value="7.5", *, ago=timedelta(0), **more):
    facts = {"alerting": False, "cost_ms": 12, "digest": "sha256:0", "value": value and Decimal(value)}
    made = Measurement.objects.create(slo=slo, at=now() - ago, result=result, **facts | more)
    Slo.objects.filter(pk=slo.pk).update(last_at=made.at)
    return made


@pytest.mark.parametrize("accept", ["", OPEN])
def test_a_measured_slo_is_told_with_its_bounds_and_its_time_in_both_formats(scrape, world, accept):
    slo = freshness_of(an_asset(world))
    at = measured(slo).at
    found = scrape(accept=accept)
    labels = {"slo": str(slo.pk), "asset": "shop/orders", "kind": "freshness"}
    assert found["slo_value"] == [(labels, 7.5)]
    assert found["slo_target"] == [(labels, 15)]
    assert found["slo_alert_threshold"] == [(labels, 20)]
    assert found["slo_on_target"] == [(labels, 1)]
    assert found["slo_no_data"] == [(labels, 0)]
    assert found["slo_objective_ratio"] == [(labels, 0.99)]
    assert found["slo_interval_seconds"] == [(labels, 60)]
    assert found["slo_probe_cost_seconds"] == [(labels, 0.012)]
    ((_, told),) = found["slo_last_evaluation_timestamp_seconds"]
    assert told == pytest.approx(at.timestamp(), abs=1e-3)
    ((info, one),) = found["slo_info"]
    assert (info["team"], info["severity"], info["target"], one) == ("platform", "page", "<= 15", 1)
    assert info["url"].endswith(f"/slos/{slo.pk}/")
    assert [labels["standing"] for labels, _ in found["slo_standing"]] == ["on_target"]


@pytest.mark.parametrize(
    ("result", "ago"),
    [("no_data", 0), ("insufficient", 0), ("probe_error", 0), ("ok", 3), (None, 0)],
)
def test_without_a_verdict_of_now_the_value_is_absent_and_no_data_is_1(scrape, world, result, ago):
    slo = freshness_of(an_asset(world))
    if result:
        measured(slo, result, "7.5" if result == "ok" else None, ago=ago * MINUTE)
    found = scrape()
    assert [value for _, value in found["slo_no_data"]] == [1]
    assert not {"slo_value", "slo_on_target", "slo_good_events", "slo_valid_events"} & set(found)
    assert ("slo_last_evaluation_timestamp_seconds" in found) is bool(result)


def test_a_breach_without_a_number_is_off_target_and_has_no_value(scrape, world):
    measured(freshness_of(an_asset(world)), "breach", None)
    found = scrape()
    assert "slo_value" not in found
    assert [value for _, value in found["slo_on_target"]] == [0]
    assert [value for _, value in found["slo_no_data"]] == [0]


def test_a_ratio_tells_what_it_counted_and_zero_of_some_is_no_missing_data(scrape, world):
    ratio = {"kind": "accuracy", "target_op": ">=", "budget_method": "occurrences"}
    measured(freshness_of(an_asset(world), **ratio), "breach", "0", good=0, total=40)
    slices = freshness_of(an_asset(world, "slices"), kind="accuracy", target_op=">=", budget_method="slices")
    measured(slices, "breach", "0.5", good=20, total=40)  # its budget counts slices, so its rows are no budget's
    found = scrape()
    assert [[value for _, value in found[f"slo_{name}_events"]] for name in ("good", "valid")] == [[0], [40]]
    assert [value for _, value in found["slo_value"]] == [0, 0.5]


def test_the_budget_left_is_told_as_a_share_and_is_absent_before_the_first_verdict(scrape, world):
    freshness_of(an_asset(world), budget_left=Decimal("-1.5"))
    freshness_of(an_asset(world, "new"))
    assert [value for _, value in scrape()["slo_error_budget_remaining_ratio"]] == [-1.5]


def test_an_alert_is_one_series_in_the_state_that_it_is_in_and_a_burn_alert_says_its_factor(scrape, world):
    slo = freshness_of(an_asset(world))
    for key, phase, burn in (("a", "firing", ""), ("b", "pending", "14.4")):
        Alert.objects.create(slo=slo, dedup_key=key, phase=phase, burn=burn, watched_since=now())
    states = {(labels["state"], labels.get("burn", "")) for labels, value in scrape()["alert_state"] if value == 1}
    assert states == {("firing", ""), ("pending", "14.4")}


def test_an_slo_that_is_switched_off_and_the_sandbox_of_a_drill_are_not_told(scrape, world):
    freshness_of(an_asset(world), enabled=False)
    freshness_of(an_asset(world, "sandbox"), drill=True)
    assert "slo_info" not in scrape()


def test_a_token_sees_the_namespaces_that_it_covers_and_no_other(scrape, world):
    for namespace in ("shop", "payroll"):
        measured(freshness_of(an_asset(world, namespace=namespace)))
    assert {labels["asset"] for labels, _ in scrape(("sho*",))["slo_value"]} == {"shop/orders"}
    assert "slo_value" not in scrape(("none",))


@pytest.mark.parametrize("accept", ["", OPEN])
def test_hostile_names_stay_in_their_label_and_are_bounded(scrape, world, accept):
    nasty = 'a"} 1\nslo_value{asset="forged"} 0\\\r\x1b[31m\u2028'
    measured(freshness_of(an_asset(world, nasty), name="n" * 120))
    measured(freshness_of(an_asset(world, "x" * 250)))
    found = scrape(accept=accept)
    assert len(found["slo_value"]) == 2
    for labels, _ in found["slo_value"]:
        assert all(len(value) <= LONGEST_LABEL and value.isprintable() for value in labels.values())
    assert "forged" not in {labels.get("asset") for labels, _ in found["slo_value"]}
    assert any(labels["asset"].startswith('shop/a"} 1 slo_value') for labels, _ in found["slo_value"])


def test_a_scrape_costs_as_many_queries_for_one_slo_as_for_sixty(scrape, world):
    counts = []
    for number in range(2):
        for each in range(1 + 59 * number):
            slo = freshness_of(an_asset(world, f"t{number}_{each}"))
            measured(slo)
            Alert.objects.create(slo=slo, dedup_key=f"{number} {each}", watched_since=now())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = scrape()
        counts.append(len(queries))
        assert len(found["slo_value"]) == Slo.objects.count()
    assert counts[0] == counts[1]


def test_the_scheduler_that_is_behind_shows(scrape, world):
    freshness_of(an_asset(world), next_due_at=now() - 3 * MINUTE)
    freshness_of(an_asset(world, "fine"), next_due_at=now() - MINUTE)
    freshness_of(
        an_asset(world, "waits for its owner"), next_due_at=now() - 9 * MINUTE, incomplete="It names no column."
    )
    freshness_of(an_asset(world, "not installed"), next_due_at=now() - 9 * MINUTE, kind="vibes")
    assert scrape()["custody_slo_overdue"] == [({}, 1)]


def test_the_ledger_the_outbox_and_lineage_are_told_beside(scrape, world):
    enqueue(channel="email", address="dan@example.org", subject="s", body="b", dedup_key="metrics 1")
    found = scrape()
    pending = found["custody_ledger_pending_entries"][0][1]
    sequence()
    after = scrape()
    assert after["custody_ledger_entries"][0][1] - found["custody_ledger_entries"][0][1] >= pending > 0
    assert after["custody_ledger_checkpoint_entries"][0][1] == after["custody_ledger_entries"][0][1]
    assert ({"channel": "email"}, 1.0) in found["custody_outbox_waiting"]
    assert ({"channel": "webhook"}, 0.0) in found["custody_outbox_waiting"]
    assert {"custody_lineage_waiting_events", "custody_lineage_lag_seconds", "custody_outbox_oldest_seconds"} <= set(
        found
    )


def test_our_writer_says_what_the_client_librarys_own_would():
    labels = {"asset": 'a"\\\n', "empty": ""}
    made = CollectorRegistry()
    families = [gauge("g", 'Help with " and \\.', [(labels, 1.5), (labels, 0), ({}, 1e22)]), gauge("none", "Absent.")]
    made.register(type("Given", (), {"collect": lambda self: families, "describe": lambda self: []})())

    def samples(parsed):
        return [(s.name, {k: v for k, v in s.labels.items() if v}, s.value) for f in parsed for s in f.samples]

    ours, theirs = exposition.openmetrics(made).decode(), openmetrics.generate_latest(made).decode()
    assert samples(open_families(ours)) == samples(open_families(theirs))
    ours, theirs = exposition.plain(made).decode(), generate_latest(made).decode()
    assert samples(plain_families(ours)) == samples(plain_families(theirs))
    assert [f.documentation for f in plain_families(ours)] == [f.documentation for f in plain_families(theirs)]


def test_a_counter_is_refused_since_the_rows_hold_none():
    made = CollectorRegistry()
    made.register(
        type("Given", (), {"collect": lambda self: [CounterMetricFamily("c", "C")], "describe": lambda self: []})()
    )
    with pytest.raises(TypeError, match="is a gauge"):
        exposition.plain(made)
