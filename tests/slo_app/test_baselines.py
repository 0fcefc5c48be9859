"""Baselines: the first made by the probe, the next by a person with a reason; frozen, hashed, told on the pages."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction
from django.urls import reverse

from portal.core.clock.services import now
from portal.core.evidence.models import Entry
from slo_app.models import Baseline, Measurement, Slo
from slo_app.probing import look
from slo_app.services import record_look
from slo_app.services.baselines import BaselineError, first_look, make_baseline
from tests.slo_app.estate import activate, asset_on, freshness_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def drift(planted, event, world, monkeypatch):
    """Drift of `amount`, by hand, over 600 planted rows."""
    planted.fill(*(event(n, minutes_ago=n / 100, amount=float(n % 100)) for n in range(600)))
    asset = asset_on(planted, world, monkeypatch)
    slo = freshness_of(asset, kind="drift", element="amount", interval=timedelta(days=1), hold=timedelta(0),
                       target_value="0.2", alert_value="0.25")  # fmt: skip
    slo.planted = planted
    return slo


def measured(slo):
    Slo.objects.filter(pk=slo.pk).update(lease_number=1, leased_until=now() + timedelta(minutes=1))
    return record_look(slo_id=slo.pk, fence=1, look=first_look(slo))


def remake(slo, user, **facts):
    return make_baseline(user=user, slo=slo, **{"reason": "A new market opened.", "key": uuid.uuid4()} | facts)


def test_the_first_probe_makes_the_baseline_and_has_no_verdict_by_itself(drift):
    measurement = measured(drift)
    assert (measurement.result, measurement.total) == ("insufficient", 600)
    assert "Baseline 1 was made from 600 rows" in measurement.reason
    made = drift.baselines.get()
    assert (made.number, made.rows, made.element, made.made_by) == (1, 600, "amount", None)
    assert drift.planted.object_name in made.source
    entry = Entry.objects.get(kind="slo:baseline:made")
    assert entry.payload["digest"] == made.digest


def test_the_second_probe_is_held_against_it(drift, event, clock):
    measured(drift)
    clock.move(days=1)
    assert measured(drift).value == 0
    drift.planted.fill(*(event(n, amount=float(n % 100) + 60) for n in range(600)))
    clock.move(days=1)
    moved = measured(drift)
    assert moved.result == "breach"
    assert moved.value > 1
    assert moved.figures["out_of_range_share"] == "60.000000"


def test_too_few_rows_make_no_baseline_and_say_so(drift, event):
    drift.planted.fill(*(event(n) for n in range(199)))
    measurement = measured(drift)
    assert measurement.result == "insufficient"
    assert "A baseline needs 200 rows, and there are 199" in measurement.reason
    assert not drift.baselines.exists()


def test_no_rows_at_all_are_a_mistake_of_the_set_up_and_never_an_index_of_zero(drift):
    drift.planted.fill()
    measurement = measured(drift)
    assert (measurement.result, measurement.value) == ("probe_error", None)
    assert not drift.baselines.exists()


def test_a_person_makes_the_next_with_a_reason_and_it_is_measured_at_once(drift, world):
    measured(drift)
    made = remake(drift, world.ana)
    assert (made.number, made.made_by, made.reason) == (2, world.ana, "A new market opened.")
    assert Slo.objects.get(pk=drift.pk).next_due_at <= now()
    entry = Entry.objects.filter(kind="slo:baseline:made").latest("pk")
    assert "A new market" not in str(entry.payload), "the reason may name somebody; the ledger keeps its digest"
    assert "made baseline 2 of amount of tests/events from 600 rows." in entry.sentence


def test_a_key_is_taken_once(drift, world):
    key = uuid.uuid4()
    assert remake(drift, world.ana, key=key) == remake(drift, world.ana, key=key)
    assert drift.baselines.count() == 1


def test_a_span_of_time_is_read_and_kept(drift, world):
    end = now() - timedelta(minutes=1)
    made = remake(drift, world.ana, span=(end - timedelta(minutes=3), end))
    assert made.window_end == end
    assert made.rows == pytest.approx(300, abs=20)


@pytest.mark.parametrize(
    ("facts", "sentence"), [({"reason": "  "}, "Say why"), ({"span": "old"}, "A baseline needs 200")]
)
def test_without_a_reason_or_rows_nothing_is_made(drift, world, facts, sentence):
    if "span" in facts:
        facts = {"span": (now() - timedelta(minutes=1.5), now() - timedelta(minutes=1))}
    with pytest.raises(BaselineError, match=sentence):
        remake(drift, world.ana, **facts)
    assert not drift.baselines.exists()


def test_people_outside_the_team_make_none(drift, world):
    for person in (world.otto, world.cleo, world.ada):
        with pytest.raises(PermissionDenied):
            remake(drift, person)


def test_a_baseline_is_frozen_in_the_database(drift, world):
    made = remake(drift, world.ana)
    with pytest.raises(Error, match="frozen"), transaction.atomic():
        Baseline.objects.filter(pk=made.pk).update(rows=1)


def test_a_document_that_is_not_what_was_hashed_is_refused_and_not_measured_by(drift, world):
    made = remake(drift, world.ana)
    document = made.document | {"counts": [each + 1 for each in made.document["counts"]]}
    facts = {"rows": 1, "element": "amount", "made_at": now(), "digest": made.digest, "document": document}
    Baseline.objects.create(slo=drift, number=9, **facts)
    assert "not what it was" in look(drift).reading.reason


def test_text_that_the_contract_marks_personal_is_never_kept(drift, world):
    text = "name: events\nversion: 1.0.0\nschema:\n  kind: {type: string, pii: email}\n"
    activate(drift.asset, world.ana, text=text)
    Slo.objects.filter(pk=drift.pk).update(element="kind")
    drift.element = "kind"
    assert "marks “kind” as personal" in first_look(drift).reading.reason
    with pytest.raises(BaselineError, match="personal"):
        remake(drift, world.ana)


def test_the_page_shows_the_baseline_beside_the_newest_rows(drift, world, client, clock):
    measured(drift)
    clock.move(days=1)
    measured(drift)
    client.force_login(world.cleo)
    for name in ("slos:slo", "slos:baselines"):
        page = client.get(reverse(name, args=[drift.pk])).content.decode()
        assert "baseline 1" in page
        assert "Shares by bin" in page
        assert "Outlined" in page
    assert "make a new one" not in page


def test_the_form_makes_a_baseline_and_says_what_is_wrong(drift, world, client):
    client.force_login(world.ana)
    url = reverse("slos:baseline-make", args=[drift.pk])
    assert "None yet" in client.get(url).content.decode()
    wrong = client.post(url, {"reason": "r", "start": "2026-01-02T00:00", "idempotency_key": uuid.uuid4()})
    assert wrong.status_code == 422
    assert "both ends" in wrong.content.decode()
    done = client.post(url, {"reason": "The first release.", "idempotency_key": uuid.uuid4()}, follow=True)
    assert "Baseline 1 is in force, made from 600 rows" in done.content.decode()
    assert "The first release." in done.content.decode()


def test_a_service_level_without_a_baseline_has_no_such_page(planted, world, client, monkeypatch):
    slo = freshness_of(asset_on(planted, world, monkeypatch))
    client.force_login(world.ana)
    assert client.get(reverse("slos:baselines", args=[slo.pk])).status_code == 404
    assert Measurement.objects.count() == 0
