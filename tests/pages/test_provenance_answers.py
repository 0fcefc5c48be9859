"""The provenance answer over a pipeline: who reads what of it, and what it says where something is missing."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from portal.core.clock.services import now
from portal.pages.provenance.asking import asked
from portal.pages.provenance.models import Output
from slo_app.models import Alert, Incident, Slo, Tally
from tests.lineage_app.sending import RUN_ID, event
from tests.pages.provenance_ground import SCORED, TRAINED, adopt, agree, at, tell, versioned, watch


@pytest.fixture
def told(world):
    tell(world)
    return adopt(world)


def answer(world, question, who="ana", **more):
    found = asked(world.people[who], question, **more)
    assert found.answer is not None, found.offer
    return found.answer


def rows(found) -> list[tuple[int, str, str | None]]:
    return [(each.distance, each.dataset, each.writer.run_id if each.writer else None) for each in found.readings]


def test_a_run_is_explained_down_to_its_source_with_versions_code_and_image(world, told) -> None:
    found = answer(world, SCORED)
    assert rows(found) == [
        (1, "demo/model", TRAINED),
        (1, "demo/orders", RUN_ID.format(1)),
        (2, "demo/raw", None),
        (2, "demo/features", RUN_ID.format(2)),
        (3, "demo/orders", RUN_ID.format(1)),
    ]
    trained = found.readings[0]
    assert (trained.version, trained.writer.revision, trained.writer.image) == (
        "7",
        "4f2a9c1",
        "registry.example/train:7",
    )
    assert (found.sources, found.runs, found.depth) == (["demo/raw"], 4, 3)
    assert (found.owners, found.subject.owner) == ([world.platform.name], world.platform.name)
    assert (found.upstream, len(found.datasets)) == (4, 4), "the graph knows as many as runs lead to"
    assert found.run.brought_by


def test_a_dataset_at_a_time_is_what_stood_there_then(world, told) -> None:
    tell(world, event("START", run=9, minute=40, job="load", inputs=["raw"], outputs=["orders"]),
         event(run=9, minute=45, job="load", inputs=["raw"], outputs=["orders"]))  # fmt: skip
    assert answer(world, "demo/orders@2026-03-01T10:44Z").run.run_id == RUN_ID.format(1)
    assert answer(world, "demo/orders@2026-03-01T10:45Z").run.run_id == RUN_ID.format(9)
    assert answer(world, "demo/orders").run.run_id == RUN_ID.format(9), "without a time it is now"
    before = answer(world, "demo/orders@2026-03-01T10:04Z")
    assert before.run is None
    assert "no producer" in {gap.kind for gap in before.gaps}


def test_a_model_version_leads_to_its_training_and_an_unknown_one_to_those_that_are_known(world, told) -> None:
    found = answer(world, "demo/model@7")
    assert (found.subject.kind, found.run.run_id, found.run.purpose) == (
        "model version",
        TRAINED,
        "Predicts who leaves",
    )
    offer = asked(world.ana, "demo/model@8").offer
    assert offer.sentence.startswith("No run said to have made this version")
    assert offer.choices[0] == ("model:demo/model@7", "version 7")


def test_an_output_is_explained_by_its_run_or_by_its_model_version(world, told) -> None:
    made = {"namespace": "demo", "made_at": at(56), "registered_at": at(56), "product": "demo/scores"}
    Output.objects.create(output_id="answer-1", run_id=SCORED, **made)
    Output.objects.create(output_id="answer-2", model="demo/model", model_version="7", **made)
    Output.objects.create(output_id="answer-3", run_id="never-told", **made)
    first, second, third = (answer(world, f"output:answer-{n}") for n in (1, 2, 3))
    assert (first.run.run_id, first.subject.product) == (SCORED, "demo/scores")
    assert second.run.run_id == TRAINED
    assert third.run is None
    assert "run unknown" in {gap.kind for gap in third.gaps}


def test_a_name_that_means_several_things_is_answered_with_an_offer(world, told) -> None:
    base = {"made_at": at(0), "registered_at": at(0), "run_id": SCORED}
    for namespace in ("demo", "shop"):
        Output.objects.create(namespace=namespace, output_id="same", **base)
    Output.objects.create(namespace="demo", output_id=SCORED, **base)
    assert [text for text, _ in asked(world.ana, "same").offer.choices] == ["output:demo/same", "output:shop/same"]
    assert [text for text, _ in asked(world.ana, SCORED).offer.choices] == [f"run:{SCORED}", f"output:{SCORED}"]
    assert answer(world, "output:shop/same").subject.output_id == "same"


def test_as_the_portal_knew_it_then_a_late_run_is_not_in_the_answer(world, told, clock) -> None:
    assert answer(world, "demo/orders", known_at=now() - timedelta(days=1)).run is None
    assert answer(world, "demo/orders", known_at=now()).run.run_id == RUN_ID.format(1)


def test_the_contract_in_force_when_it_was_read_counts_and_not_the_one_of_today(world, told) -> None:
    agree(world, told["orders"], since=at(20))
    found = {each.at: each for each in answer(world, SCORED).agreements if each.asset == "demo/orders"}
    assert found[at(10)].state == ("No contract in force", "warn"), "the features were made before it was in force"
    assert found[at(50)].state == ("Signed", "ok")
    assert [signed.name for signed in found[at(50)].signed] == [world.ana.name]


def test_the_state_of_an_slo_is_that_of_the_time_and_stale_is_never_green(world, told) -> None:
    slo = watch(world, told["orders"], (at(8), "ok"), (at(30), "breach"))
    found = {each.at: each.state for each in answer(world, SCORED).levels if each.asset == "demo/orders"}
    assert found[at(10)] == ("On target", "ok")
    assert found[at(50)][1] != "ok"
    Slo.objects.filter(pk=slo.pk).update(created_at=at(40))
    found = {each.at: each.state for each in answer(world, SCORED).levels if each.asset == "demo/orders"}
    assert found[at(10)] == ("Did not exist yet", "off")


def test_where_looks_are_no_longer_kept_the_tally_of_that_hour_answers_and_an_incident_goes_before_it(
    world, told
) -> None:
    slo = watch(world, told["orders"])
    Tally.objects.create(slo=slo, grain="h", start=at(0), bad=1, total=12, slices=12, looks=12)
    level = next(each for each in answer(world, SCORED).levels if each.asset == "demo/orders")
    assert (level.state, level.basis) == (("Off target", "warn"), "the tally of that hour: 1 of 12 bad")
    alert = Alert.objects.create(slo=slo, dedup_key="x", phase="firing", watched_since=at(0))
    fired = Incident.objects.create(alert=alert, slo=slo, kind="breach", severity="page", fired_at=at(5))
    level = next(each for each in answer(world, SCORED).levels if each.asset == "demo/orders")
    assert (level.state, level.incidents[0][0]) == (("Firing", "bad"), fired.number)


def test_what_is_missing_is_said_and_linked_and_never_green(world, told) -> None:
    kinds = {gap.kind for gap in answer(world, SCORED).gaps}
    assert kinds == {"unresolved input", "unclaimed", "no contract"}
    tell(world, event("START", run=20, minute=57, job="fail", inputs=[versioned("model", "99")], outputs=["x"]),
         event("FAIL", run=20, minute=58, job="fail", inputs=[versioned("model", "99")], outputs=["x"]))  # fmt: skip
    failed = answer(world, RUN_ID.format(20))
    assert failed.state[1] == "warn"
    assert {"not completed", "unresolved input"} <= {gap.kind for gap in failed.gaps}
    assert failed.readings[0].state == ("Version without a run", "warn")


def test_a_limit_of_depth_is_told_as_a_gap(world, told) -> None:
    assert "limit" not in {gap.kind for gap in answer(world, SCORED).gaps}
    near = answer(world, SCORED, depth=1)
    assert not near.whole
    assert "limit" in {gap.kind for gap in near.gaps}


def test_everybody_reads_the_page_and_each_count_on_it_leads_to_rows(world, told) -> None:
    agree(world, told["orders"], since=at(20))
    watch(world, told["orders"], (at(48), "ok"))
    for who in ("ana", "cleo", "dan", "aud", "ada", "otto"):
        page = world.client(who).get(f"/provenance/?q={SCORED}").content.decode()
        assert "Answered in" in page
    targets = set(re.findall(r'id="([\w-]+)"', page))
    inside = set(re.findall(r'href="#([\w-]+)"', page))
    assert inside <= targets, inside - targets
    assert "contracts_app" not in page
    assert world.client("nobody").get(f"/provenance/?q={SCORED}").status_code == 302


def test_a_long_table_says_how_many_of_how_many_and_shows_all_when_it_is_asked(world) -> None:
    wide = [f"t{n:03d}" for n in range(80)]
    tell(world, event("START", run=30, minute=1, job="wide", inputs=wide, outputs=["w"]),
         event(run=30, minute=2, job="wide", inputs=wide, outputs=["w"]))  # fmt: skip
    page = world.client("ana").get(f"/provenance/?q={RUN_ID.format(30)}").content.decode()
    assert "50 of 80" in page
    assert "40 more readings in the table" in page
    whole = world.client("ana").get(f"/provenance/?q={RUN_ID.format(30)}&show=inputs").content.decode()
    assert "80 rows" in whole
    few = world.client("ana").get(f"/provenance/?q={RUN_ID.format(30)}&holds=t00").content.decode()
    assert "10 rows" in few


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE pages_output; --",
        "<script>alert(1)</script>",
        "output:../../etc/passwd",
        "run:\x00",
        "a\u202eb",
        "@" * 100,
        "x" * 1999,
        "x" * 3000,
        "demo/orders@9999-12-31T23:59:59+00:00",
        "demo/orders@0001-01-01T00:00:00+14:00",
        "demo/orders@2026-02-30",
        "99999999999999999999999",
        "/" * 1500,
        "model:@1",
    ],
)
def test_a_hostile_question_gets_a_sentence_and_never_a_fault(world, told, text) -> None:
    for path in ("/provenance/", "/provenance/answer.json", "/provenance/drawing.svg"):
        page = world.client("ana").get(f"{path}?q={quote(text)}")
        assert page.status_code in (200, 400, 404, 422), path
        assert "<script>alert" not in page.content.decode()


def test_the_json_follows_its_schema_and_names_nobody(world, told, client) -> None:
    import jsonschema

    agree(world, told["orders"], since=at(20))
    watch(world, told["orders"], (at(48), "ok"))
    schema = client.get("/provenance/schema.json").json()
    document = json.loads(world.client("ana").get(f"/provenance/answer.json?q={SCORED}").content)
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(document)] == []
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(document | {"email": "x"}))
    assert world.ana.name not in json.dumps(document)
    assert document["run"]["parameters"] == []
