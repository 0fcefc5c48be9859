"""The day-end checklist: each point from real rows, closed by name with its entry, and what main holds compared."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from contracts_app.models import MainFile
from contracts_app.selectors.on_main import compared_with_main, main_counts, tier_one_on_main
from portal.core.catalog.models import Asset
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.models import Entry
from portal.core.identity.actors import system_actor
from portal.pages.scoreboard import closing, counting
from portal.pages.scoreboard.models import SignOff
from portal.pages.scoreboard.points import Done
from privacy_app.models import Request
from privacy_app.services import intake
from slo_app.models import Drill
from tests.contracts_app import life
from tests.gates.asking import SHA, in_force, question, verdict


@pytest.fixture
def estate(world, clock):
    """The example's names are known; one asset is of tier 1."""
    life.register_names(world)
    return world


def points(clock):
    return {point.key: point for point in closing.checklist(clock.now())}


def page(world, name, url="scoreboard:day-end"):
    answer = world.client(name).get(reverse(url))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_nothing_is_done_before_it_was_looked_at(world, clock) -> None:
    found = points(clock)
    assert {key: point.done for key, point in found.items()} == {
        "contracts_on_main": Done.NOT_MEASURED,
        "lineage_graph": Done.NOT_MEASURED,
        "fire_drill": Done.NOT_DONE,
        "dummy_deletion": Done.NOT_DONE,
    }


def test_a_gate_run_from_main_shows_its_files_and_each_asset_is_compared_by_hash_and_commit(estate, clock) -> None:
    version = in_force(estate)
    counting.count(clock.now())
    assert points(clock)["contracts_on_main"].text == (
        "0 of 1 tier-1 assets are the same on main; 1 never shown by a gate run from main."
    )
    verdict(estate, question(version, branch="main"))
    [row] = compared_with_main(tier_one_on_main())
    assert (row.mark, row.main.commit, row.main.digest) == (("Same", "ok"), SHA, version.digest)
    counting.count(clock.now())
    assert points(clock)["contracts_on_main"].done is Done.DONE
    assert "Same" in page(estate, "cleo", "scoreboard:main")


def test_a_run_from_another_branch_says_nothing_of_main(estate, clock) -> None:
    version = in_force(estate)
    for branch in ("feature/x", "12/merge", ""):
        verdict(estate, question(version, branch=branch))
    verdict(estate, question(version, branch="main", commit=""))
    assert not MainFile.objects.exists()


def test_a_file_on_main_that_is_not_the_signed_one_differs_and_the_portal_hashes_it_itself(estate, clock) -> None:
    version = in_force(estate)
    asked = question(version, branch="main")
    asked["writes"][0]["content"] = asked["writes"][0]["content"].replace("retention_days: 365", "retention_days: 30")
    asked["writes"][0]["digest"] = version.digest
    verdict(estate, asked)
    [row] = compared_with_main(tier_one_on_main())
    assert row.mark == ("Differs", "bad")
    assert row.main.digest != version.digest
    assert main_counts() == {"total": 1, "unsigned": 0, "unseen": 0, "differ": 1, "same": 0}
    counting.count(clock.now())
    assert points(clock)["contracts_on_main"].done is Done.NOT_DONE
    assert "take the patch" in page(estate, "ana", "scoreboard:main")


def test_an_asset_without_a_signed_contract_is_never_the_same_as_main(estate, clock) -> None:
    Asset.objects.create(namespace="demo", name="bare", kind="table", tier=1, tier_reason="board KPI")
    assert main_counts()["unsigned"] == 2
    assert page(estate, "ana", "scoreboard:main").count("Not signed") == 2


def test_the_graph_is_really_drawn_and_is_not_done_below_its_coverage(estate, clock) -> None:
    counting.count(clock.now())
    point = points(clock)["lineage_graph"]
    assert point.done is Done.NOT_MEASURED
    assert "0 flows drawn" in point.text
    assert "No flow of tier 1 is declared" in point.text


def test_a_passed_drill_counts_for_ninety_days_and_a_failed_one_never(world, clock) -> None:
    at = clock.now()
    who = {"team": world.platform, "started_by": world.ana, "acknowledged_by": world.dan}
    over = {"started_at": at, "acknowledged_at": at + timedelta(minutes=4), "ended_at": at + timedelta(minutes=9)}
    Drill.objects.create(key=uuid.uuid4(), missing="acknowledged", **who, **over)
    assert points(clock)["fire_drill"].done is Done.NOT_DONE
    drill = Drill.objects.create(key=uuid.uuid4(), **who, **over)
    point = points(clock)["fire_drill"]
    assert (point.done, point.evidence) == (Done.DONE, drill.get_absolute_url())
    assert "acknowledged by Dan On-Call 4 min after the breach was planted" in point.text
    clock.move(days=91)
    assert points(clock)["fire_drill"].done is Done.NOT_DONE


def test_a_dummys_deletion_counts_once_it_has_its_artifact(world, clock) -> None:
    made = intake.receive(actor=system_actor("tests"), channel="form", email="dummy@example.org")
    closing.name_dummy(user=world.pia, req_id=made.req_id.lower())
    closing.name_dummy(user=world.petra, req_id=made.req_id)
    assert Entry.objects.filter(kind="scoreboard:dummy:named").count() == 1
    assert points(clock)["dummy_deletion"].text == "A dummy's request is under way; it has no artifact yet."
    Request.objects.filter(pk=made.pk).update(
        state="completed", completed_at=clock.now() + timedelta(hours=3), artifact_digest="sha256:1"
    )
    clock.move(hours=4)
    point = points(clock)["dummy_deletion"]
    assert point.done is Done.DONE
    assert made.req_id not in page(world, "hal")
    assert made.req_id in page(world, "pia", "scoreboard:dummies")
    with pytest.raises(PermissionDenied):
        closing.name_dummy(user=world.hal, req_id=made.req_id)
    with pytest.raises(closing.CloseRefused, match="There is no request DEL-1"):
        closing.name_dummy(user=world.pia, req_id="DEL-1")


def test_the_head_of_data_closes_the_day_by_name_once_and_says_why_where_a_point_is_open(world, clock) -> None:
    client, url = world.client("hal"), reverse("scoreboard:sign-off")
    counting.count(clock.now())
    key = str(uuid.uuid4())
    refused = client.post(url, {"note": " ", "idempotency_key": key})
    assert refused.status_code == 422
    assert "4 points not done: say why" in refused.content.decode()
    data = {"note": "the estate is new", "idempotency_key": key}
    for _ in range(2):
        assert client.post(url, data).status_code == 302
    [signed] = SignOff.objects.all()
    assert (signed.user, signed.note, signed.open_points) == (world.hal, "the estate is new", 4)
    assert signed.entry.payload["points_digest"] == digest(canonical_bytes(signed.points))
    again = client.post(url, {"note": "again", "idempotency_key": str(uuid.uuid4())})
    assert again.status_code == 422
    assert "was closed by Hal Head already" in again.content.decode()
    shown = page(world, "aud")
    assert f"{signed.day:%-d %b %Y} is closed" in shown
    assert reverse("evidence:entry", args=[signed.entry_id]) in shown
    assert reverse("evidence:entry", args=[signed.entry_id]) not in page(world, "ana")
    with pytest.raises(PermissionDenied):
        closing.sign_off(user=world.ana, key=uuid.uuid4(), note="x")


def test_each_person_sees_only_what_is_theirs_to_do(world, clock) -> None:
    assert "Start a fire drill" in page(world, "dan")
    assert "Start a fire drill" not in page(world, "cleo")
    assert "Run or name one" in page(world, "pia")
    assert "Run or name one" not in page(world, "hal")
    assert "Close the day" in page(world, "hal")
    assert "Close the day" not in page(world, "ana")
