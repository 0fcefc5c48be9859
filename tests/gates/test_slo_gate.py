"""The SLOs of inputs, the error budgets of outputs and the throttle decide about a deploy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core.identity.models import User
from slo_app.models import ConsumerClass, Slo, ThrottleLevel, ThrottleOverride, ThrottleReach
from slo_app.models.throttle import digest_of
from tests.gates.asking import found, question, verdict

pytestmark = pytest.mark.django_db


def slo_of(asset, kind, clock, **facts):
    from decimal import Decimal

    minute = timedelta(minutes=1)
    return Slo.objects.create(
        asset=asset, kind=kind, target_op=">=", target_value=99, alert_op="<", alert_value=98, hold=minute,
        clear_for=minute, interval=minute, objective=Decimal("0.99"), created_at=clock.now(), next_due_at=clock.now(),
        **facts,
    )  # fmt: skip


def measured(slo, clock, result, good=None, total=None):
    slo.measurements.create(at=clock.now(), result=result, alerting=result == "breach", value=99, cost_ms=1, digest="",
                            good=good, total=total)  # fmt: skip


@pytest.mark.parametrize(
    ("result", "state", "rule"),
    [
        ("ok", "pass", "slo.in-bounds"),
        ("breach", "fail", "slo.out-of-bounds"),
        ("no_data", "unknown", "slo.not-measured"),
    ],
)
def test_the_accuracy_of_an_input_decides_and_what_is_not_measured_is_never_green(ready, clock, result, state, rule):
    other = slo_of(_input(ready), "accuracy", clock)
    measured(other, clock, result)
    answer = verdict(ready, question(ready.version, reads=[{"asset": "demo/raw_lake/clickstream"}]))
    assert answer["gates"][3]["state"] == state
    assert rule in found(answer, state)


def test_a_drift_slo_that_nothing_measures_yet_is_not_yet_known(ready, clock):
    slo_of(_input(ready), "drift_not_installed", clock)
    slo_of(_input(ready), "drift", clock)
    answer = verdict(ready, question(ready.version, reads=[{"asset": "demo/raw_lake/clickstream"}]))
    assert (answer["verdict"], found(answer, "unknown")) == ("undecided", ["slo.not-measured"])


def test_freshness_of_an_input_is_no_reason_to_stop_a_deploy(ready, clock):
    measured(slo_of(_input(ready), "freshness", clock), clock, "breach")
    answer = verdict(ready, question(ready.version, reads=[{"asset": "demo/raw_lake/clickstream"}]))
    assert answer["verdict"] == "pass"


def test_a_spent_error_budget_of_an_output_freezes_the_deploy(ready, clock):
    slo = Slo.objects.filter(asset=ready.asset, kind="accuracy").first() or slo_of(ready.asset, "accuracy", clock)
    spent = {"grain": "d", "start": clock.now().replace(hour=0, minute=0, second=0, microsecond=0)}
    tally, _ = slo.tallies.get_or_create(**spent, bad=0, total=1_000_000, slices=10_000)
    assert verdict(ready, question(ready.version))["verdict"] == "pass"
    slo.tallies.filter(pk=tally.pk).update(bad=50_000)
    answer = verdict(ready, question(ready.version))
    assert found(answer, "fail") == ["slo.budget-spent"]


def test_a_spent_budget_whose_owner_does_not_freeze_lets_the_deploy_through_and_says_so(ready, clock):
    slo = slo_of(ready.asset, "custom_sql", clock, freezes=False)
    start = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    slo.tallies.create(grain="d", start=start, bad=50_000, total=1_000_000, slices=10_000)
    answer = verdict(ready, question(ready.version))
    assert answer["verdict"] == "pass"
    assert any("deploys go on" in one["message"] for one in answer["gates"][3]["findings"])


def held_back(estate, clock, **level):
    """The job reads the clickstream directly, and the clickstream holds back."""
    asset = _input(estate)
    ThrottleLevel.objects.create(
        asset=asset, key=digest_of(asset.key), changed_at=clock.now(), reach_at=clock.now(),
        reasons=[{"slo_id": 1, "slo": "Accuracy", "text": "Accuracy is out of bounds."}], **level,
    )  # fmt: skip
    job = question(estate.version)["job"]
    digest = digest_of(f"{job['namespace']}/{job['name']}")
    ThrottleReach.objects.create(asset=asset, consumer=digest, hops=1, **job)
    return asset


def test_a_job_that_the_throttle_slows_is_deployed_and_told_so(ready, clock):
    held_back(ready, clock, factor=0.5)
    answer = verdict(ready, question(ready.version, reads=[{"asset": "demo/raw_lake/clickstream"}]))
    assert answer["verdict"] == "pass"
    [said] = [one["message"] for one in answer["gates"][3]["findings"] if one["rule"] == "slo.throttled"]
    assert "0.5 of its rate: Accuracy is out of bounds." in said


def test_a_job_that_the_throttle_denies_is_not_deployed(ready, clock):
    asset = held_back(ready, clock)
    person = User.objects.first()
    times = {"created_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1)}
    ThrottleOverride.objects.create(asset=asset, factor=0.0, reason="Migration.", author=person, **times)
    answer = verdict(ready, question(ready.version, reads=[{"asset": "demo/raw_lake/clickstream"}]))
    assert found(answer, "fail") == ["slo.throttled"]


def test_a_job_that_fails_closed_on_what_is_not_measured_is_not_yet_known(ready, clock):
    held_back(ready, clock, unknown=True)
    ConsumerClass.objects.create(key="batch", on_unknown="deny", set_at=clock.now(), set_by=User.objects.first())
    answer = verdict(ready, question(ready.version, reads=[{"asset": "demo/raw_lake/clickstream"}]))
    assert (answer["verdict"], found(answer, "unknown")) == ("undecided", ["slo.throttle-unknown"])


def _input(estate):
    from portal.core.catalog.selectors import asset_named

    return asset_named("demo", "raw_lake/clickstream")
