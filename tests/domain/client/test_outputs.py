"""A run registers what it handed out: after it ended well, at least once, and never in the pipeline's way."""

import logging

import pytest

from portal.client.lineage import EmitFailedError, Output, traced
from portal.client.lineage.delivery import OUTPUTS, Delivery
from portal.client.lineage.spool import Spool


def test_the_decorator_registers_what_the_function_hands_out_after_its_run_completed(portal):
    @traced(portal.emitter(), product="shop/scores", output_ids=lambda result: [f"score-{n}" for n in result])
    def score():
        return [1, 2]

    assert score() == [1, 2]
    assert portal.paths == ["/api/v1/lineage", "/api/v1/lineage", "/api/v1/outputs"]
    sent = portal.events[-1]["outputs"]
    run_id = portal.events[0]["run"]["runId"]
    assert [(each["output_id"], each["product"], each["run_id"]) for each in sent] == [
        ("score-1", "shop/scores", run_id),
        ("score-2", "shop/scores", run_id),
    ]
    assert all(each["namespace"] == "demo" for each in sent)


def test_a_run_that_failed_registers_nothing(portal):
    with pytest.raises(ZeroDivisionError), portal.emitter().run("score") as run:
        run.hands_out("answer-1")
        raise ZeroDivisionError
    assert portal.paths == ["/api/v1/lineage", "/api/v1/lineage"]


def test_a_service_that_never_ends_registers_with_what_it_tells(portal):
    with portal.emitter().run("serve", processing="SERVICE") as run:
        run.hands_out("answer-1", product="shop/chat", digest="sha256:" + "0" * 64)
        run.running()
        assert portal.paths[-1] == "/api/v1/outputs"
        run.hands_out("answer-2")
    assert [len(event["outputs"]) for event in portal.events if "eventType" not in event] == [1, 1]


def test_outputs_wait_in_a_folder_of_their_own_while_the_portal_is_away(portal, tmp_path):
    portal.answers = [201, 201, 503, 503]
    emitter = portal.emitter(away="spool", spool=tmp_path, tries=2)
    with emitter.run("score") as run:
        run.hands_out("answer-1")
    waiting = Spool(tmp_path / "outputs")
    assert (len(list(Spool(tmp_path).waiting())), len(list(waiting.waiting()))) == (0, 1)
    done = waiting.resend(Delivery(portal.url, "t0ken", path=OUTPUTS))
    assert (done.taken, portal.paths[-1]) == (1, "/api/v1/outputs")


def test_a_refusal_is_told_as_the_emitter_is_told_to(portal, caplog):
    portal.answers = [201, 201, 422]
    with pytest.raises(EmitFailedError, match="refused"), portal.emitter().run("score") as run:
        run.hands_out("ana at example")
    portal.answers = [201, 201, 422]
    with caplog.at_level(logging.WARNING), portal.emitter(away="warn").run("score") as run:
        run.hands_out("ana at example")
    assert "refused" in caplog.text


def test_an_address_that_ends_with_the_path_of_lineage_serves_outputs_as_well():
    assert Delivery("https://custody.example/x/api/v1/lineage", path=OUTPUTS).endpoint == (
        "https://custody.example/x/api/v1/outputs"
    )
    assert Delivery("https://custody.example/").endpoint == "https://custody.example/api/v1/lineage"
    assert Output("a").document("demo", "r-1")["run_id"] == "r-1"
