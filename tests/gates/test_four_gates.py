"""The four gates over real contracts, lineage and SLOs, asked as a pipeline asks: through the API."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from contracts_app import services as contracts
from contracts_app.models import SignatureLink, Version
from contracts_app.services.waivers import Waived
from lineage_app.models import Inbox
from portal.core.evidence.models import Entry
from portal.core.identity.models import User
from portal.core.signing.proofs import PasswordAndCode
from portal.gates.models import GateRun
from portal.gates.selectors import standings
from slo_app.models import ConsumerClass, Slo, ThrottleLevel, ThrottleOverride, ThrottleReach
from slo_app.models.throttle import digest_of
from tests.contracts_app import life
from tests.gates.asking import FIRST, JOB, SHA, ask, event, finding, found, in_force, question, tell, verdict

pytestmark = pytest.mark.django_db
REASON = "the supplier delivers the missing column on Friday"


@pytest.fixture
def ready(estate, clock):
    """A contract in force and a job whose lineage is whole: the gate passes."""
    estate.version = in_force(estate)
    tell(estate, event(clock.now()))
    return estate


def test_a_pipeline_that_does_everything_right_passes_all_four_gates(ready):
    answer = verdict(ready, question(ready.version))
    assert found(answer) == []
    assert answer["verdict"] == "pass"
    assert [(gate["key"], gate["state"]) for gate in answer["gates"]] == [
        ("contract", "pass"),
        ("change", "pass"),
        ("lineage", "pass"),
        ("slo", "pass"),
    ]
    assert GateRun.objects.get(pk=answer["id"]).touched.get().asset == ready.asset


# gate 1


def test_what_has_no_contract_at_all_fails_and_names_who_can_unblock_it(estate, clock):
    tell(estate, event(clock.now()))
    answer = verdict(estate, question(writes=[{"asset": "demo/customer_events", "line": 3}]))
    assert answer["verdict"] == "fail"
    one = finding(answer, "contract.none")
    assert "an owner of" in one["who"]
    assert "7 days at most" in one["who"]
    assert (one["line"], one["path"]) == (3, "demo/customer_events")


def test_a_proposal_that_is_not_signed_is_no_contract_in_force(estate, clock):
    version = life.propose(estate, FIRST)
    tell(estate, event(clock.now()))
    answer = verdict(estate, question(version))
    assert "Waits for" in finding(answer, "contract.none")["message"]
    assert "schema.condition" in found(answer, "fail")


def test_a_file_that_differs_from_the_signed_one_by_a_single_character_of_a_value_fails(ready):
    text = FIRST.decode().replace("purchase", "purchases")
    body = question(ready.version)
    body["writes"][0]["content"] = text
    answer = verdict(ready, body)
    assert "contract.hash" in found(answer, "fail")
    assert "custody pull" in finding(answer, "contract.hash")["todo"]


def test_a_hash_that_the_pipeline_claims_is_not_believed(ready):
    body = question(ready.version)
    body["writes"][0] |= {"content": FIRST.decode().replace("purchase", "purchases"), "digest": ready.version.digest}
    assert "contract.hash" in found(verdict(ready, body), "fail")


def test_comments_and_quotes_do_not_change_the_hash(ready):
    body = question(ready.version)
    body["writes"][0]["content"] = "# a comment\n" + FIRST.decode()
    assert verdict(ready, body)["verdict"] == "pass"


def test_without_a_file_the_signed_hash_cannot_be_shown(ready):
    body = question(writes=[{"contract": "customer_events_v1", "version": ready.version.number}])
    assert found(verdict(ready, body), "fail") == ["contract.no-file"]


def test_another_version_than_the_one_in_force_fails(ready):
    body = question(ready.version)
    body["writes"][0]["version"] = "7.0.0"
    assert "contract.version" in found(verdict(ready, body), "fail")


def test_a_voided_signature_is_a_missing_one(ready, clock):
    SignatureLink.objects.filter(version=ready.version, role="privacy officer").update(voided_at=clock.now())
    answer = verdict(ready, question(ready.version))
    assert finding(answer, "contract.unsigned")["who"] == "privacy officer"


def test_an_output_that_lineage_saw_within_seven_days_and_the_manifest_leaves_out_fails(ready, clock):
    tell(ready, event(clock.now(), outputs=("customer_events", "side_table")))
    answer = verdict(ready, question(ready.version))
    assert "demo/side_table" in finding(answer, "contract.left-out")["message"]
    nothing = verdict(ready, question(writes=[]))
    assert found(nothing, "fail") == ["contract.left-out", "contract.left-out"]
    assert [one.word for one in standings(ready.asset)] == ["Failed the gate"]
    clock.move(days=7, minutes=1)
    tell(ready, event(clock.now()))
    assert verdict(ready, question(ready.version))["verdict"] == "pass"


def test_an_output_that_only_this_ci_run_told_of_is_not_left_out_either(ready, clock):
    told = event(clock.now(), outputs=("customer_events", "brand_new"))
    answer = verdict(ready, question(ready.version, events=[told]))
    assert finding(answer, "contract.left-out")["path"] == "demo/brand_new"


def test_another_jobs_outputs_are_not_this_jobs_concern(ready, clock):
    tell(ready, event(clock.now(), job="another", outputs=("elsewhere",)))
    assert verdict(ready, question(ready.version))["verdict"] == "pass"


def test_reading_a_version_that_is_no_longer_in_force_fails_and_reading_without_a_contract_does_not(ready):
    body = question(ready.version, reads=[{"contract": "customer_events_v1", "version": "0.9.0"}])
    assert "contract.read-version" in found(verdict(ready, body), "fail")
    body = question(ready.version, reads=[{"asset": "demo/raw_lake/clickstream"}])
    answer = verdict(ready, body)
    assert answer["gates"][0]["state"] == "pass"
    body = question(ready.version, reads=[{"contract": "no_such_v1", "version": "1.0.0"}])
    assert "contract.read-none" in found(verdict(ready, body), "fail")


def test_an_output_whose_contract_was_never_in_force_is_named_by_its_document_and_not_left_out(estate, clock):
    text = (
        FIRST.decode()
        .replace("customer_events_v1", "side_v1")
        .replace("owner:", "asset: {namespace: demo, name: side}\nowner:", 1)
    )
    tell(estate, event(clock.now(), outputs=("side",)))
    answer = verdict(estate, question(life.propose(estate, text.encode())))
    assert "contract.none" in found(answer, "fail")
    assert "contract.left-out" not in found(answer)


# gate 2


def test_a_breaking_file_whose_version_is_too_small_fails_with_the_version_that_is_needed(ready):
    body = question(ready.version)
    body["writes"][0]["content"] = FIRST.decode().replace("target: 15", "target: 30")
    answer = verdict(ready, body)
    assert "2.0.0" in finding(answer, "schema.bump")["message"]
    assert {"schema.bump", "schema.not-proposed", "contract.hash"} <= set(found(answer, "fail"))
    assert answer["reports"][0]["required_bump"] == "major"


def test_a_proposed_change_fails_by_each_unmet_condition_of_the_version(ready):
    text = FIRST.decode().replace("target: 15", "target: 30").replace("1.2.0", "2.0.0")
    version = life.propose(ready, text.encode())
    answer = verdict(ready, question(version))
    said = [one["message"] for gate in answer["gates"] for one in gate["findings"] if one["rule"] == "schema.condition"]
    from contracts_app import selectors

    unmet = selectors.unmet_conditions(Version.objects.get(pk=version.pk))
    assert len(said) == len(unmet) > 0
    assert all(any(one.text in message for message in said) for one in unmet)
    assert "schema.bump" in found(answer, "pass")


def test_a_file_that_is_no_valid_contract_fails_with_its_line(ready):
    body = question(ready.version)
    body["writes"][0]["content"] = FIRST.decode().replace("us-only", "NO")
    answer = verdict(ready, body)
    lint = [one for gate in answer["gates"] for one in gate["findings"] if one["rule"].startswith("lint.")]
    assert any(one["line"] == 6 for one in lint)


# gate 3


def test_a_job_that_lineage_has_never_seen_fails_and_passes_with_the_events_of_its_own_commit(estate, clock):
    version = in_force(estate)
    answer = verdict(estate, question(version))
    assert "--events FILE" in finding(answer, "lineage.missing")["todo"]
    told = [event(clock.now(), kind="START", run="a"), event(clock.now(), run="a")]
    assert verdict(estate, question(version, events=told))["verdict"] == "pass"


def test_events_of_another_commit_prove_nothing(estate, clock):
    version = in_force(estate)
    answer = verdict(estate, question(version, events=[event(clock.now(), sha="f" * 40)]))
    assert found(answer, "fail") == ["lineage.other-commit"]
    answer = verdict(estate, question(version, commit="", events=[event(clock.now(), sha="")]))
    assert found(answer, "fail") == ["lineage.other-commit"]


@pytest.mark.parametrize(
    ("lacking", "word"),
    [({"inputs": ()}, "inputs"), ({"outputs": ()}, "outputs"), ({"sha": ""}, "git revision"), ({"image": ""}, "image")],
)
def test_a_run_that_does_not_tell_all_it_must_fails_and_says_what_is_missing(estate, clock, lacking, word):
    version = in_force(estate)
    tell(estate, event(clock.now(), **lacking))
    assert word in finding(verdict(estate, question(version)), "lineage.incomplete")["message"]


def test_a_run_that_is_older_than_seven_days_or_failed_does_not_count(ready, clock):
    clock.move(days=7, minutes=1)
    assert "lineage.missing" in found(verdict(ready, question(ready.version)), "fail")
    tell(ready, event(clock.now(), kind="FAIL"))
    assert "lineage.missing" in found(verdict(ready, question(ready.version)), "fail")


def test_while_events_wait_for_the_graph_nothing_is_called_missing(estate):
    version = in_force(estate)
    Inbox.objects.create(raw_id=-1, subject=uuid.uuid4())
    answer = verdict(estate, question(version))
    assert answer["verdict"] == "undecided"
    assert found(answer, "unknown") == ["lineage.waiting"]


def test_an_event_that_is_none_is_refused_and_nothing_is_decided(estate):
    version = in_force(estate)
    answer = ask(estate, question(version, events=[{"eventTime": "yesterday"}]))
    assert answer.status_code == 422
    assert GateRun.objects.count() == 0


# gate 4


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


# waivers


def waive(estate, clock, rule, path, *, days=5, job=""):
    what = Waived(rule=rule, path=path, job=job)
    end = clock.now() + timedelta(days=days)
    waiver = contracts.ask_waiver(user=estate.hal, what=what, reason=REASON, expires_at=end, key=uuid.uuid4())
    challenge = contracts.begin_waiver_signature(user=estate.hal, waiver=waiver)
    proof = PasswordAndCode(estate.password, estate.code("hal"))
    return contracts.sign_waiver(user=estate.hal, waiver=waiver, challenge_id=challenge.pk, proof=proof)


def test_a_waived_finding_lets_through_and_every_later_verdict_shows_it_until_it_ends(estate, clock):
    tell(estate, event(clock.now()))
    body = question(writes=[{"asset": "demo/customer_events"}])
    assert verdict(estate, body)["verdict"] == "fail"
    waiver = waive(estate, clock, "contract.none", "demo/customer_events")
    for _ in range(2):
        answer = verdict(estate, body)
        assert answer["verdict"] == "pass"
        assert answer["gates"][0]["state"] == "waived"
        shown = finding(answer, "contract.none")["waiver"]
        assert (shown["reason"], shown["signer"]) == (REASON, estate.hal.name)
    contracts.revoke_waiver(user=estate.hal, waiver=waiver, reason="it was a mistake")
    assert verdict(estate, body)["verdict"] == "fail"


def test_a_waiver_for_another_job_or_one_that_has_ended_lets_nothing_through(estate, clock):
    tell(estate, event(clock.now()))
    body = question(writes=[{"asset": "demo/customer_events"}])
    waive(estate, clock, "contract.none", "demo/customer_events", job="demo/another")
    assert verdict(estate, body)["verdict"] == "fail"
    waive(estate, clock, "contract.none", "demo/customer_events", days=1, job="demo/ingest_events")
    assert verdict(estate, body)["verdict"] == "pass"
    clock.move(days=1, seconds=1)
    assert verdict(estate, body)["verdict"] == "fail"


def test_a_waived_row_of_the_change_report_shows_in_every_verdict_about_that_version(ready, clock):
    text = FIRST.decode().replace("add_to_cart, purchase]", "add_to_cart, purchase, refund]")
    text = text.replace("1.2.0", "2.0.0")
    version = life.propose(ready, text.encode())
    (row,) = [one for one in version.report["changes"] if "W" in one["gates"]]
    what = Waived(rule=row["kind"], path=row["path"], version=version)
    end = clock.now() + timedelta(days=20)
    waiver = contracts.ask_waiver(user=ready.ana, what=what, reason=REASON, expires_at=end, key=uuid.uuid4())
    assert "schema.waived" not in found(verdict(ready, question(version)))
    challenge = contracts.begin_waiver_signature(user=ready.hal, waiver=waiver)
    proof = PasswordAndCode(ready.password, ready.code("hal"))
    contracts.sign_waiver(user=ready.hal, waiver=waiver, challenge_id=challenge.pk, proof=proof)
    shown = finding(verdict(ready, question(version)), "schema.waived")
    assert (shown["state"], shown["path"], shown["waiver"]["reason"]) == ("waived", row["path"], REASON)
    clock.move(days=20, seconds=1)
    assert "schema.waived" not in found(verdict(ready, question(version)))


# the API


def test_the_same_key_gives_the_same_verdict_and_one_run(ready):
    key = str(uuid.uuid4())
    first, second = (verdict(ready, question(ready.version), key=key) for _ in range(2))
    assert first == second
    assert GateRun.objects.count() == 1


def test_a_token_for_another_namespace_is_told_so(ready):
    answer = ask(ready, question(ready.version), namespaces=("shop*",))
    assert answer.status_code == 403
    assert "namespace demo" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "null", "{", '{"job": 1}', '{"job": {"namespace": "a", "name": ""}}', "[" * 100_000,
        '{"job": {"namespace": "a", "name": "b"}, "writes": {}}',
        '{"job": {"namespace": "a", "name": "b"}, "writes": [{}]}',
        '{"job": {"namespace": "a", "name": "b"}, "writes": [{"asset": "x", "line": -1}]}',
        '{"job": {"namespace": "a", "name": "b"}, "writes": [{"asset": "x\\u0000"}]}',
        '{"job": {"namespace": "a", "name": "b"}, "commit": "a\\nb"}',
        '{"job": {"namespace": "a", "name": "b"}, "events": "no"}',
        '{"job": {"namespace": "a", "name": "b"}, "image": "' + "x" * 501 + '"}',
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_read_is_refused_with_a_sentence(world, body):
    answer = ask(world, body)
    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")
    assert GateRun.objects.count() == 0


def test_a_question_of_more_than_five_megabytes_is_refused_as_such(world):
    assert ask(world, b" " * (5 * 1024 * 1024 + 1)).status_code == 413


def test_a_link_that_is_no_web_address_is_not_kept(ready):
    answer = verdict(ready, question(ready.version, ci_url="javascript:alert(1)"))
    assert GateRun.objects.get(pk=answer["id"]).ci_url == ""


# ungated deploys


def record(clock, version, **other):
    return {
        "id": str(uuid.uuid4()),
        "at": clock.now().isoformat(),
        "why": "The server was away.",
        "request": question(version),
    } | other


def test_an_ungated_deploy_is_kept_evidenced_and_shown_on_the_asset_until_a_later_verdict(ready, clock):
    told = record(clock, ready.version)
    for _ in range(2):
        assert ask(ready, told, path="records").status_code == 201
    run = GateRun.objects.get()
    assert (run.verdict, run.why) == ("ungated", "The server was away.")
    assert Entry.objects.filter(kind="gates:deploy:ungated").count() == 1
    assert [one.word for one in standings(ready.asset)] == ["Ungated deploy"]
    assert "Ungated deploy" in ready.client("bob").get(ready.asset.get_absolute_url()).content.decode()
    assert f"{JOB['name']}: ungated deploy" in ready.client("bob").get("/").content.decode()
    clock.move(minutes=1)
    verdict(ready, question(ready.version))
    assert [one.word for one in standings(ready.asset)] == ["Passed the gate"]


@pytest.mark.parametrize("wrong", [{"at": "2019-01-01T00:00:00+00:00"}, {"at": "9999-01-01T00:00:00+00:00"}, {"at": "now"}, {"id": "7"}, {"at": "2026-01-01T00:00:00"}])  # fmt: skip  # noqa: E501
def test_a_record_with_a_time_or_number_that_cannot_be_right_is_refused(ready, clock, wrong):
    assert ask(ready, record(clock, ready.version, **wrong), path="records").status_code == 422


def test_a_run_from_a_commit_that_no_verdict_let_through_is_an_ungated_deploy_before_anybody_tells(ready, clock):
    verdict(ready, question(ready.version))
    clock.move(minutes=1)
    tell(ready, event(clock.now()))
    assert [one.word for one in standings(ready.asset)] == ["Passed the gate"]
    clock.move(minutes=1)
    tell(ready, event(clock.now(), sha="e" * 40))
    (one,) = standings(ready.asset)
    assert one.word == "Ungated deploy"
    assert "eeeeeeeeeeee" in one.said
    verdict(ready, question(ready.version, commit="e" * 40))
    assert [one.word for one in standings(ready.asset)] == ["Passed the gate"]


def test_a_failed_gate_is_on_the_work_list_of_those_who_build_the_asset_until_it_passes(ready, clock):
    body = question(ready.version)
    body["writes"][0]["version"] = "7.0.0"
    verdict(ready, body)
    seen = {name: "ingest_events: failed the gate" in ready.client(name).get("/").content.decode()
            for name in ("ana", "bob", "otto", "pia")}  # fmt: skip
    assert seen == {"ana": True, "bob": True, "otto": False, "pia": False}
    clock.move(minutes=1)
    verdict(ready, question(ready.version))
    assert "ingest_events: failed the gate" not in ready.client("bob").get("/").content.decode()


def test_the_commit_that_is_asked_about_is_kept_with_the_run(ready):
    assert GateRun.objects.get(pk=verdict(ready, question(ready.version))["id"]).commit == SHA
