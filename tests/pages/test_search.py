"""The search over everything: who finds what, what opens at once, and that nobody's address is ever looked for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from contracts_app.evidence_kinds import WITHDRAWN
from contracts_app.services import import_yaml
from lineage_app.models import Job, Run
from portal.core.catalog.models import Flow
from portal.core.catalog.services import adopt_asset, register_system
from portal.core.clock.services import now
from portal.core.evidence.services import record
from portal.core.identity.actors import actor_of
from portal.pages.provenance.models import Output
from portal.pages.search.base import COUNTED, Query, providers
from portal.pages.search.finding import exact_hits, search
from privacy_app.models import Request
from slo_app.models import Alert, Incident, Runbook, Slo

CONTRACT = Path(__file__).resolve().parents[1] / "contracts_app" / "data" / "customer_events_v1.yaml"
RUN = "0197a3c2-6c1e-7d1a-9b1f-3b6f2f1f0a11"


@pytest.fixture
def orders(world):
    """A table of Data Platform."""
    actor = actor_of(world.ana)
    return adopt_asset(actor=actor, namespace="demo", name="orders", kind="table", owner_team=world.platform)


@pytest.fixture
def incident(world, orders):
    """An open incident of the freshness of orders."""
    at = now()
    slo = Slo.objects.create(
        asset=orders, kind="freshness", target_op="<=", target_value=60, alert_op=">", alert_value=120,
        hold=timedelta(), clear_for=timedelta(), interval=timedelta(minutes=1), objective=Decimal("0.99"),
        owner_team=world.platform, created_at=at, next_due_at=at,
    )  # fmt: skip
    alert = Alert.objects.create(slo=slo, dedup_key="k", watched_since=at)
    return Incident.objects.create(alert=alert, slo=slo, kind="breach", severity="page", fired_at=at)


@pytest.fixture
def request_of_somebody(db):
    """A deletion request."""
    return Request.objects.create(
        req_id="DEL-2026-11-23-0001", key_name="k1", channel="form", secret_hash="x", received_at=now()
    )


def keys(user, text: str, **asked) -> dict[str, list[str]]:
    """Group -> the texts of its hits."""
    return {group.key: [hit.text for hit in group.hits] for group in search(user, Query.of(text, **asked))}


def test_one_word_finds_every_kind_of_thing_that_has_it_in_its_name(world, orders, incident) -> None:
    actor = actor_of(world.ana)
    register_system(actor=actor, name="orders-lake", kind="parquet", settings={}, owner_team=world.platform)
    Flow.objects.create(name="Orders to board", owner_team=world.platform)
    Runbook.objects.create(key="late-orders", title="Late orders", owner_team=world.platform, created_at=now())
    Job.objects.create(namespace="demo", name="load_orders")
    found = keys(world.ana, "orders")
    assert set(found) >= {"asset", "slo", "incident", "system", "flow", "runbook", "job", "entry"}
    assert found["asset"] == ["orders"]
    assert found["incident"] == [f"{incident.number} Freshness of orders"]


def test_words_of_the_ledger_are_found_by_who_may_read_it_only(world, orders) -> None:
    assert "entry" in keys(world.aud, "orders")
    assert "entry" not in keys(world.ada, "orders")
    assert "entry" not in keys(world.otto, "orders"), "Otto reads the evidence of his own team's assets"
    assert "entry" not in keys(world.aud, "orders", quick=True), "the ledger's words are not asked at every key"


def test_requests_are_found_by_their_reference_and_by_privacy_officers_only(world, request_of_somebody) -> None:
    for text in ("DEL-2026-11", "del-2026-11-23-0001", "2026-11-23-0001"):
        assert keys(world.pia, text)["request"] == ["DEL-2026-11-23-0001"]
    for name in ("ana", "aud", "hal", "ada", "cleo", "dan"):
        assert "request" not in keys(world.people[name], "DEL-2026-11-23-0001")


@pytest.mark.parametrize(("typed", "place"), [("inc-{0.pk}", "incident"), ("demo/orders", "asset")])
def test_an_exact_id_opens_the_thing_at_once(world, orders, incident, typed: str, place: str) -> None:
    answer = world.client("dan").post("/search/", {"q": typed.format(incident)})
    assert answer["Location"] == {"incident": incident, "asset": orders}[place].get_absolute_url()


def test_a_request_a_run_and_a_contracts_digest_open_at_once(world, orders, request_of_somebody) -> None:
    job = Job.objects.create(namespace="demo", name="load_orders")
    run = Run.objects.create(run_id=RUN, subject=RUN, job=job, status="COMPLETE", first_at=now(), last_at=now())
    version = import_yaml(user=world.ana, content=CONTRACT.read_bytes())
    version.__class__.objects.update(state="active", digest="sha256:" + "ab" * 32)
    post = world.client("pia").post
    assert post("/search/", {"q": "DEL-2026-11-23-0001"})["Location"] == request_of_somebody.get_absolute_url()
    assert post("/search/", {"q": RUN.upper()})["Location"] == run.get_absolute_url()
    assert post("/search/", {"q": "AB" * 32})["Location"].startswith(version.contract.get_absolute_url())
    assert post("/search/", {"q": version.contract.name})["Location"] == version.contract.get_absolute_url()


def test_a_digest_in_the_ledger_leads_to_its_entries(world, orders) -> None:
    digest = "sha256:" + "cd" * 32
    told = {"contract": "orders", "version": "1.0.0", "digest": digest, "reason_digest": digest}
    with transaction.atomic():
        record(WITHDRAWN, actor=actor_of(world.ana), payload=told)
    assert keys(world.aud, "CD" * 32)["entry"] == ["Ana Owner withdrew orders 1.0.0."]
    assert keys(world.aud, "sha256:" + "0" * 64) == {}


@pytest.mark.parametrize("typed", ["somebody@example.org", "+49 30 1234567", " some.body@shop.example "])
def test_what_names_a_person_is_not_looked_for_and_stands_in_no_address(world, orders, typed: str) -> None:
    for name, words in (("pia", "Enter a request for them"), ("ana", "Privacy officers work on requests")):
        client = world.client(name)
        answer = client.post("/search/", {"q": typed})
        assert answer.status_code == 200, "a redirect would put it into an address"
        assert words in answer.content.decode()
        assert typed.strip() not in answer.content.decode()
        assert typed.strip() not in client.post("/search/suggest/", {"q": typed}).content.decode()
        by_hand = client.get("/search/", {"q": typed})
        assert by_hand["Location"] == "/search/?person=1"


def test_a_group_is_looked_at_alone_and_leads_to_the_rooms_own_list(world, orders) -> None:
    for at in range(12):
        adopt_asset(actor=actor_of(world.ana), namespace="demo", name=f"orders_{at}", kind="table")
    every = world.client("cleo").get("/search/?q=orders").content.decode()
    assert "All 13 in their list" in every
    assert 'href="/assets/?text=orders"' in every
    alone = world.client("cleo").get("/search/?q=orders&in=asset").content.decode()
    assert alone.count("orders_") >= 12
    assert "Evidence" not in alone.split("<main")[1]


def test_a_common_word_is_counted_to_a_thousand_and_no_farther(world, orders) -> None:
    asset = type(orders)
    asset.objects.bulk_create(asset(namespace="bulk", name=f"thing_{at}") for at in range(COUNTED + 5))
    [group] = [each for each in search(world.ana, Query.of("thing_")) if each.key == "asset"]
    assert group.many
    assert group.counted == "more than 1000"


def test_what_is_typed_is_answered_by_a_list_of_options_with_the_exact_one_marked(world, orders) -> None:
    page = world.client("ana").post("/search/suggest/", {"q": "demo/orders"}).content.decode()
    assert 'role="option"' in page
    assert "data-exact" in page
    assert "<html" not in page
    assert world.client("ana").get("/search/suggest/").status_code == 405


def test_every_provider_gives_groups_of_its_own_keys_and_keys_are_nobody_elses(world, orders, incident) -> None:
    every = [key for each in providers.members().values() for key in each.keys]
    assert len(every) == len(set(every))
    for each in providers.members().values():
        assert {group.key for group in each.find(world.pia, Query.of("orders"))} <= set(each.keys)


def test_targets_are_found_by_those_who_may_see_their_numbers(world) -> None:
    assert keys(world.otto, "signed contracts")["target"] == ["Signed contracts of tier 1"]
    assert keys(world.pia, "deletion proofs")["target"] == ["Deletion proofs within 72 hours"]
    assert "target" not in keys(world.otto, "deletion proofs")


def test_an_output_is_found_by_how_it_begins_and_opened_by_its_whole_id(world) -> None:
    at = now()
    Output.objects.create(
        namespace="demo", output_id="answer-7731", product="demo/scores", run_id=RUN, made_at=at, registered_at=at
    )
    for text in ("answer-77", "answer-7731", RUN):
        assert keys(world.cleo, text)["output"] == ["answer-7731"]
    assert "output" not in keys(world.cleo, "answer-77", quick=True), "no beginnings at every key"
    opened = world.client("cleo").post("/search/", {"q": "answer-7731"})
    assert opened["Location"] == "/provenance/?q=output%3Ademo%2Fanswer-7731"


def test_nothing_is_exact_about_a_part_of_a_name(world, orders) -> None:
    assert exact_hits(search(world.ana, Query.of("order"))) == []
