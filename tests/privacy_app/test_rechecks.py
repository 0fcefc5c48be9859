"""After the proof: looks at one and seven days and on demand; a subject that comes back reopens the request."""

import json
from datetime import timedelta

import pytest

from portal.core.clock import services as clock_services
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import read_artifact
from portal.core.oncall.models import Page
from privacy_app import keystore, tasks
from privacy_app.domain.request import State
from privacy_app.models import Recheck
from privacy_app.services import appeal, planning, rechecking, reopening
from tests.privacy_app.driving import fresh


@pytest.fixture
def proved(drive, four, settings):
    settings.PRIVACY_TEAM = "platform"
    return drive.completed()


def bring_back(four, name="oltp"):
    estate = four.estates[name]
    estate.session.execute(*estate.insertion(four.customer, four.email, 1, "from a backup"))


def pass_days(days):
    clock_services.move(clock_services.offset() + timedelta(days=days))


def shred(request):
    pass_days(appeal.WINDOW.days + 2)
    appeal.shred_due()
    assert not keystore.exists(request.key_name)


def test_every_system_is_looked_at_again_after_one_and_after_seven_days_and_each_look_is_evidence(proved, four):
    assert [(each.why, each.due_at - proved.completed_at) for each in proved.rechecks.all()] == [
        ("day_1", timedelta(days=1)),
        ("day_7", timedelta(days=7)),
    ]
    assert tasks.recheck() == 0
    pass_days(1)
    assert tasks.recheck() == 1
    first = proved.rechecks.get(why="day_1")
    assert first.is_clean
    assert first.sentence == "Not found in any of 5 datasets, looked at with every probe."
    assert first.entry.payload["found"] == 0
    pass_days(6)
    assert tasks.recheck() == 1
    assert fresh(proved).state == State.COMPLETED
    assert Entry.objects.filter(kind="privacy:recheck:done").count() == 2
    said = json.dumps([each.looks for each in proved.rechecks.all()])
    assert four.email not in said
    assert four.customer not in said


def test_a_subject_that_came_back_reopens_the_request_and_pages_without_naming_anybody(proved, four):
    pass_days(1)
    bring_back(four)
    tasks.recheck()
    request = fresh(proved)
    assert request.state == State.REOPENED
    look = request.rechecks.get(why="day_1")
    assert look.sentence.startswith("Found again in")
    assert [each["dataset"] for each in look.looks if "logical query still finds" in each["sentence"]] == [
        "oltp.people"
    ]
    page = Page.objects.get(key=f"privacy:found-again:{request.pk}")
    assert (page.severity, page.url) == ("page", "/privacy/")
    said = page.summary + page.body + json.dumps(page.details)
    assert "DEL-" not in said
    assert four.email not in said
    assert Entry.objects.filter(kind="privacy:request:reopened", payload__request=request.req_id).count() == 1
    assert request.artifact_digest  # what was proved then is still there to read


def test_a_reopened_request_is_planned_approved_and_erased_again_with_a_proof_of_its_own(proved, drive, four, world):
    bring_back(four)
    rechecking.ask(user=world.pia, request_id=proved.pk)
    tasks.recheck()
    request = reopening.plan_again(user=world.pia, request_id=proved.pk)
    assert request.state == State.PLANNING
    assert Page.objects.get().resolved_at is not None
    plan = planning.make_plan(user=world.pia, request_id=request.pk)
    planning.submit(user=world.pia, plan_id=plan.pk)
    again = drive.work(drive.approve(fresh(request)))
    assert again.state == State.COMPLETED
    assert again.artifact_digest != proved.artifact_digest
    former = again.former_proofs.get()
    assert former.artifact_digest == proved.artifact_digest
    assert json.loads(read_artifact(former.artifact_digest))["req_id"] == again.req_id
    assert four.estates["oltp"].controls() is not None
    assert again.rechecks.filter(ran_at=None, why="day_7").exists()
    rechecking.ask(user=world.pia, request_id=again.pk)
    tasks.recheck()
    assert again.rechecks.exclude(ran_at=None).order_by("-ran_at").first().is_clean


def test_a_new_customer_relationship_is_closed_with_a_reason_and_the_proof_stays(proved, four, world):
    bring_back(four)
    rechecking.ask(user=world.pia, request_id=proved.pk)
    tasks.recheck()
    closed = reopening.close_again(user=world.pia, request_id=proved.pk, reason="signed up anew in the shop")
    assert closed.state == State.COMPLETED
    assert closed.artifact_digest == proved.artifact_digest
    assert Page.objects.get().resolved_at is not None
    entry = Entry.objects.get(kind="privacy:request:closed_again")
    assert "shop" not in json.dumps(entry.payload)


def test_once_the_key_is_destroyed_a_look_is_by_token_logical_only_and_says_so(proved, four, world):
    shred(proved)
    rechecking.ask(user=world.pia, request_id=proved.pk)
    tasks.recheck()
    look = proved.rechecks.get(why="on_demand")
    assert look.by_token
    assert look.found == 0
    assert "by token, with a logical query only" in look.sentence
    bring_back(four)
    rechecking.ask(user=world.pia, request_id=proved.pk)
    tasks.recheck()
    assert fresh(proved).state == State.REOPENED
    newest = proved.rechecks.filter(why="on_demand").last()
    found = {each["system"].split("-")[0]: each["hits"] for each in newest.looks if each["hits"]}
    assert found == {"oltp": 2}  # its e-mail and its customer number


def test_a_system_that_does_not_answer_is_asked_again_and_the_look_says_so_until_it_does(
    proved, four, world, monkeypatch
):
    good = four.estates["features"].config.secret
    monkeypatch.setenv("CUSTODY_SECRET_FEATURES", "redis://127.0.0.1:1/0")
    rechecking.ask(user=world.pia, request_id=proved.pk)
    assert tasks.recheck() == 1
    look = proved.rechecks.get(why="on_demand")
    assert look.ran_at is None
    assert "could not be asked" in look.trouble
    assert tasks.recheck() == 0
    monkeypatch.setenv("CUSTODY_SECRET_FEATURES", good)
    clock_services.move(clock_services.offset() + rechecking.ASK_AGAIN)
    assert tasks.recheck() == 1
    look.refresh_from_db()
    assert look.is_clean
    assert not look.trouble


def test_asking_twice_looks_once_and_an_open_request_is_not_looked_at(proved, drive, world):
    first = rechecking.ask(user=world.pia, request_id=proved.pk)
    assert rechecking.ask(user=world.pia, request_id=proved.pk) == first
    assert Recheck.objects.filter(why="on_demand").count() == 1
