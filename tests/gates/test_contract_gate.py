"""What a job writes and reads has a signed contract in force, asked as a pipeline asks: through the API."""

from __future__ import annotations

import pytest

from contracts_app.models import SignatureLink
from portal.gates.models import GateRun
from portal.gates.selectors import standings
from tests.contracts_app import life
from tests.gates.asking import FIRST, event, finding, found, question, tell, verdict

pytestmark = pytest.mark.django_db


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
