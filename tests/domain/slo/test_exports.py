"""OpenSLO, Sloth and the catalog: what is written is what their readers take, whatever assets are called."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts_app.domain.document import load
from contracts_app.domain.terms import slo_terms
from slo_app.domain.bounds import Bound
from slo_app.domain.exports import catalog_file, contract, naming, openslo, promql, sloth
from slo_app.domain.exports.promise import BurnCondition, Promise, Reads

SCHEMA = json.loads(Path(__file__).with_name("openslo_v1.json").read_text())
VALID = jsonschema.Draft202012Validator(SCHEMA)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FRESHNESS = Promise(
    pk=1, asset_pk=7, asset="shop/orders", kind="freshness", name="", label="Freshness", unit="min",
    sli="now - max(event time)", target=Bound("<=", Decimal(15)), alert=Bound(">", Decimal(20)), hold=5 * MINUTE,
    clear_for=5 * MINUTE, interval=MINUTE, objective=Decimal("0.99"), budget_days=28, ratio=False, severity="page",
    reads=Reads("On target", NOON, "7", "93.2"), element="event_ts", team="platform", team_name="Data Platform",
    on_call=("Dan",), channels=("email", "webhook"), contract="orders_v1", contract_version="1.2.0",
    url="http://localhost:8000/slos/1/", contract_url="http://localhost:8000/contracts/9/",
    runbook_url="http://localhost:8000/slos/1/#runbook", evidence_url="http://localhost:8000/evidence/3/",
    burns=(BurnCondition(Decimal("14.4"), HOUR, 5 * MINUTE, "page"),),
)  # fmt: skip


def ratio(label: str, target: str, alert: str, hold: int, pk: int) -> Promise:
    return dataclasses.replace(
        FRESHNESS, pk=pk, kind=label.lower(), label=label, unit="%", sli="good / valid", ratio=True, burns=(),
        target=Bound(">=", Decimal(target)), alert=Bound("<", Decimal(alert)), hold=hold * MINUTE,
        objective=Decimal(target) / 100, window=24 * HOUR, element="",
    )  # fmt: skip


COMPLETENESS = ratio("Completeness", "99.5", "99.0", 10, 2)
ACCURACY = ratio("Accuracy", "99.9", "99.7", 15, 3)
GROUNDEDNESS = ratio("Groundedness", "98", "96", 60, 4)
CATALOG = [FRESHNESS, COMPLETENESS, ACCURACY, GROUNDEDNESS]


def of(*promises: Promise) -> list[dict]:
    return list(openslo.documents(promises, "http://localhost:8000/metrics"))


def kinds(found: list[dict], kind: str) -> list[dict]:
    return [each for each in found if each["kind"] == kind]


def test_every_object_is_of_the_specification_and_every_reference_finds_its_object():
    found = of(*CATALOG)
    for each in found:
        VALID.validate(each)
    names = {
        kind: [each["metadata"]["name"] for each in kinds(found, kind)] for kind in SCHEMA["properties"]["kind"]["enum"]
    }
    assert all(len(set(of_kind)) == len(of_kind) > 0 for of_kind in names.values())
    for slo in kinds(found, "SLO"):
        assert slo["spec"]["indicatorRef"] in names["SLI"]
        assert slo["spec"]["service"] in names["Service"]
        assert {each["alertPolicyRef"] for each in slo["spec"]["alertPolicies"]} <= set(names["AlertPolicy"])
    for policy in kinds(found, "AlertPolicy"):
        assert policy["spec"]["conditions"][0]["conditionRef"] in names["AlertCondition"]
        assert {each["targetRef"] for each in policy["spec"]["notificationTargets"]} <= set(
            names["AlertNotificationTarget"]
        )
    for sli in kinds(found, "SLI"):
        assert openslo.SOURCE in json.dumps(sli)
    assert names["DataSource"] == [openslo.SOURCE]


def test_the_schema_refuses_what_it_is_there_to_refuse():
    slo = kinds(of(ACCURACY), "SLO")[0]
    condition = kinds(of(ACCURACY), "AlertCondition")[0]
    broken = [
        (slo, ("metadata", "name"), "Not_A_Name"),
        (slo, ("metadata", "name"), "x" * 64),
        (slo, ("spec", "timeWindow"), []),
        (slo, ("spec", "objectives"), [{"target": 1.0}]),
        (slo, ("spec", "owner"), "nobody"),
        (condition, ("spec", "condition", "op"), "lte"),
        (condition, ("spec", "condition", "alertAfter"), "30s"),
        (condition, ("metadata", "annotations"), {"openslo.com/mine": "x"}),
    ]
    for document, path, value in broken:
        copy = json.loads(json.dumps(document))
        inside = copy
        for part in path[:-1]:
            inside = inside[part]
        inside[path[-1]] = value
        assert not VALID.is_valid(copy), path


def test_the_three_ratios_of_the_catalog_are_burn_rates_2_3_and_2_without_loss():
    for promise, burn, after in ((COMPLETENESS, 2, "10m"), (ACCURACY, 3, "15m"), (GROUNDEDNESS, 2, "1h")):
        (condition,) = kinds(of(promise), "AlertCondition")
        said = condition["spec"]["condition"]
        assert (said["threshold"], said["op"], said["alertAfter"], said["lookbackWindow"]) == (burn, "gte", after, "1d")
        (slo,) = kinds(of(promise), "SLO")
        assert slo["spec"]["objectives"][0]["target"] == float(promise.objective)
        assert slo["spec"]["budgetingMethod"] == "Occurrences"


def test_a_threshold_is_slices_and_its_alert_and_people_are_in_our_own_annotations():
    (slo,) = kinds(of(FRESHNESS), "SLO")
    assert slo["spec"]["objectives"] == [
        {
            "displayName": "≤ 15 min",
            "target": 0.99,
            "op": "lte",
            "value": 15.0,
            "timeSliceTarget": 1.0,
            "timeSliceWindow": "1m",
        }
    ]
    said = slo["metadata"]["annotations"]
    assert all(key.startswith("custody.localhost/") for key in said)
    assert said["custody.localhost/alert"] == "> 20"
    assert said["custody.localhost/alert-for-seconds"] == "300"
    assert said["custody.localhost/owner"] == "Data Platform"
    assert said["custody.localhost/runbook"].endswith("#runbook")
    (condition,) = kinds(of(FRESHNESS), "AlertCondition")  # its burn alert: thresholds are no burn rates
    assert condition["spec"]["condition"]["threshold"] == 14.4
    assert condition["metadata"]["annotations"] == {"custody.localhost/short-window": "5m"}


def test_no_address_of_a_person_leaves_with_the_targets():
    targets = kinds(of(FRESHNESS), "AlertNotificationTarget")
    assert {each["spec"]["target"] for each in targets} == {"email", "webhook"}
    assert "@" not in json.dumps(targets)


NASTY = st.text(min_size=1, max_size=300)


@given(asset=NASTY, name=st.text(max_size=120), owner=NASTY, interval=st.integers(1, 10**7))
def test_hostile_names_are_valid_unique_and_read_back_from_yaml(asset, name, owner, interval):
    def named(pk: int) -> Promise:
        return dataclasses.replace(
            FRESHNESS,
            pk=pk,
            asset_pk=pk,
            asset=asset,
            name=name,
            owner_title=owner,
            interval=timedelta(seconds=interval),
        )

    found = of(named(1), named(2))
    for each in found:
        VALID.validate(each)
    assert list(yaml.safe_load_all("---\n".join(yaml.safe_dump(each) for each in found))) == found
    assert len(kinds(found, "SLO")) == len({each["metadata"]["name"] for each in kinds(found, "SLO")}) == 2


@given(seconds=st.integers(1, 10**8))
def test_a_duration_is_never_shorter_than_it_is_and_at_most_a_minute_longer(seconds):
    sizes = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
    text = naming.shorthand(timedelta(seconds=seconds))
    assert 0 <= int(text[:-1]) * sizes[text[-1]] - seconds < 60


def test_sloth_gets_the_ratios_and_its_own_window():
    found = list(sloth.documents(CATALOG))
    assert [each["metadata"]["name"] for each in found] == [
        openslo.slo_name(p) for p in (COMPLETENESS, ACCURACY, GROUNDEDNESS)
    ]
    for each in found:
        assert each["apiVersion"] == "openslo/v1alpha"
        (window,) = each["spec"]["timeWindows"]
        assert window["unit"] == "Day"
        (objective,) = each["spec"]["objectives"]
        for metric in (objective["ratioMetrics"]["good"], objective["ratioMetrics"]["total"]):
            assert (metric["source"], metric["queryType"]) == ("prometheus", "promql")
            assert "[{{.window}}]" in metric["query"]


def test_the_catalog_is_one_table_dated_by_its_newest_measurement():
    lines = "".join(catalog_file.catalog(CATALOG)).splitlines()
    assert lines[2] == "4 SLOs, as last measured at 2026-11-23 12:00:00 UTC."
    assert all(line.count(" | ") == len(catalog_file.HEAD) - 1 for line in lines[4:] if not line.startswith("|---"))
    row = lines[6]
    for wanted in (
        "[Freshness of shop/orders](http://localhost:8000/slos/1/)",
        "≤ 15 min",
        "\\> 20 min for 5 min, page",
        "Data Platform",
        "7 min at 2026-11-23 12:00:00 UTC",
        "93.2 %",
        "Dan",
        "[Runbook](",
        "[orders\\_v1 1.2.0](",
    ):
        assert wanted in row, wanted


@given(asset=NASTY, name=NASTY)
def test_a_hostile_name_cannot_leave_its_cell_or_become_markup(asset, name):
    promise = dataclasses.replace(FRESHNESS, asset=asset, name=name)
    text = "".join(catalog_file.catalog([promise]))
    assert len(text.splitlines()) == 7
    plain = text.splitlines()[6].replace("\\\\", "").replace("\\|", "")
    assert plain.count("|") == len(catalog_file.HEAD) + 1
    assert "<" not in plain.replace("\\<", "")


def test_an_slo_that_was_never_measured_says_so_in_the_catalog():
    never = dataclasses.replace(FRESHNESS, reads=Reads("Not probed"), on_call=(), contract="", runbook_url="")
    text = "".join(catalog_file.catalog([never]))
    assert "1 SLO, none measured yet." in text
    assert "| Not measured yet | Unknown | Nobody | None | By hand |" in text


@pytest.mark.parametrize(("promise", "key"), [(FRESHNESS, "freshness_minutes"), (COMPLETENESS, "completeness_pct")])
def test_the_lines_for_a_contract_promise_the_same(promise, key):
    text = yaml.safe_dump(contract.snippet(promise, key), sort_keys=False)
    (term,) = slo_terms(load(text).document)
    assert term.kind == promise.kind
    assert term.target == (promise.target.op, float(promise.target.value))
    assert term.alert == (promise.alert.op, float(promise.alert.value))
    assert term.for_minutes == promise.hold / MINUTE
    assert term.objective == (None if promise.ratio else float(promise.objective))
    assert term.owner == "Data Platform"


def test_each_question_names_one_slo_by_its_number():
    for promise in CATALOG:
        for _, query in promql.questions(promise):
            assert f'slo="{promise.pk}"' in query
            assert promise.asset not in query
