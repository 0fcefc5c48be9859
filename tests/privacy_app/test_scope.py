"""Whose data is erased, asked of real sources: the attack in its variants, decisions of people, and races with them."""

import threading

import psycopg
import pytest
from django.db import connection

from privacy_app import sealing, tasks
from privacy_app.domain.request import State
from privacy_app.models import WaitingEdge
from privacy_app.services import asking, resolution, scoping
from privacy_app.services.lifecycle import RequestRefused
from tests.privacy_app.driving import fresh

VICTIM, VICTIM_MAIL = "c-victim", "victim@example.com"


@pytest.fixture
def crm(four, postgres_server):
    """A second identity source: rows of (customer, mail, device), declared as the controller's own statement."""
    from portal.core.catalog.models import DataSystem

    table = f"crm_{four.mark}"
    session = psycopg.connect(postgres_server.plan.database_url_of("postgres"), autocommit=True)
    session.execute(f'CREATE TABLE "{table}" (customer_id text, email text, device text, name text)')
    system = DataSystem.objects.get(pk=four.systems["oltp"].pk)
    columns = {"customer_id": "customer_id", "email": "email", "device_id": "device", "name": "name"}
    declared = {"object": f"public.{table}", "columns": columns, "person": "customer_id", "asserted": True}
    system.settings["identity_maps"].append(declared)
    system.save()

    def add(*rows):
        for row in rows:
            session.execute(f'INSERT INTO "{table}" VALUES (%s, %s, %s, %s)', (*row, *[None] * (4 - len(row))))

    yield add
    session.execute(f'DROP TABLE "{table}"')
    session.close()


def resolved(request):
    return {sealing.unseal(request.key_name, row.sealed) for row in request.resolved.all()}


def ends(request):
    rows = request.waiting_edges.filter(decision="open")
    return {sealing.unseal(request.key_name, row.sealed)[1][1]: row for row in rows}


def test_a_victims_address_in_the_attackers_own_profile_waits_and_names_two_persons(drive, four, crm):
    crm((four.customer, VICTIM_MAIL), (VICTIM, VICTIM_MAIL))
    request = drive.planning()
    assert request.state == State.RESOLVING
    link = ends(request)[VICTIM_MAIL]
    assert (link.persons, link.why) == (2, "from its other end it belongs to several people")


def test_a_device_of_one_row_waits_although_the_source_states_it_as_fact(drive, four, crm):
    crm((four.customer, None, "tv-1"))
    request = drive.planning()
    assert {value: row.why for value, row in ends(request).items()} == {"tv-1": "a device may belong to several people"}


def test_a_confirmed_family_device_does_not_pull_the_family_in(drive, four, crm, world):
    crm((four.customer, None, "tv-1"), (VICTIM, VICTIM_MAIL, "tv-1"))
    request = drive.planning()
    link = ends(request)["tv-1"]
    scoping.decide_edge(user=world.pia, edge_id=link.pk, decision="confirmed", reason="it is registered to her alone")
    tasks.resolve_waiting()
    request = fresh(request)
    assert request.state == State.RESOLVING
    waiting = ends(request)
    assert {VICTIM, VICTIM_MAIL} == set(waiting)
    assert waiting[VICTIM].why == "it starts at something that several people may share"
    for each in waiting.values():
        scoping.decide_edge(user=world.pia, edge_id=each.pk, decision="dismissed", reason="her brother")
    tasks.resolve_waiting()
    assert resolved(fresh(request)) == {four.email, four.customer, "tv-1"}


def test_a_claimed_device_is_only_marked_for_the_person_who_decides(drive, four, crm):
    crm((four.customer, None, "tv-1"))
    request = drive.planning(claims={"device_id": "tv-1"})
    assert ends(request)["tv-1"].claimed
    assert request.state == State.RESOLVING


def test_an_identifier_that_is_marked_as_proved_but_cannot_be_by_its_kind_seeds_nothing(drive, four, crm):
    crm((VICTIM, VICTIM_MAIL))
    request = drive.verified(claims={"customer_id": VICTIM})
    request.identifiers.filter(kind="customer_id").update(standing="proved")
    tasks.resolve_waiting()
    assert resolved(fresh(request)) == {four.email, four.customer}


def test_the_sources_own_spelling_is_erased_too_and_a_name_is_no_identifier(drive, four, crm):
    written = f"Work.{four.mark}@Example.com"
    crm((four.customer, written, None, "Zoe Z"))
    request = drive.planning()
    assert request.state == State.PLANNING
    from privacy_app.services.machinery import subject_of

    subject = subject_of(request)
    assert subject.identifiers["email"] == {four.email, written, written.lower()}
    assert "name" not in subject.identifiers
    assert request.resolved.count() == 3


def test_a_source_that_ties_hundreds_to_one_person_blocks_until_it_is_left_out_with_a_reason(drive, four, crm, world):
    crm(*[(four.customer, f"m{n}.{four.mark}@example.com") for n in range(300)])
    request = drive.planning()
    assert request.state == State.RESOLVING
    assert "ties more than 200 identifiers to one person" in request.trouble
    assert four.email not in request.trouble
    source = request.sources.get(name=four.systems["oltp"].name)
    assert source.blocks
    with pytest.raises(RequestRefused, match="needs a reason"):
        scoping.leave_out_source(user=world.pia, source_id=source.pk, reason=" ")
    scoping.leave_out_source(user=world.pia, source_id=source.pk, reason="a test account that collects everything")
    tasks.resolve_waiting()
    request = fresh(request)
    assert (request.state, request.trouble) == (State.PLANNING, "")
    assert resolved(request) == {four.email}


def test_links_of_one_source_are_decided_alike_and_each_is_evidence(drive, four, crm, world):
    from portal.core.evidence.models import Entry

    crm(*[(four.customer, None, f"tv-{n}") for n in range(30)])
    request = drive.planning()
    some = request.waiting_edges.first()
    done = scoping.decide_alike(
        user=world.pia,
        request_id=request.pk,
        source=some.source,
        kind="device_id",
        decision="dismissed",
        reason="hotel",
    )
    assert done == 30
    assert Entry.objects.filter(kind="privacy:edge:decided").count() == 30
    tasks.resolve_waiting()
    assert fresh(request).state == State.PLANNING


def test_a_decision_that_comes_while_the_sources_are_asked_is_not_lost_by_the_freeze(
    drive, four, crm, world, monkeypatch
):
    """The search began before the person confirmed: what it found must not be frozen without the confirmed device."""
    crm((four.customer, None, "tv-1"))
    request = drive.planning()
    link = ends(request)["tv-1"]
    real = asking.Asking.__call__
    told = []

    def while_asking(self, identifier):
        if not told:
            told.append(identifier)
            scoping.decide_edge(user=world.pia, edge_id=link.pk, decision="confirmed", reason="hers")
        return real(self, identifier)

    monkeypatch.setattr(asking.Asking, "__call__", while_asking)
    resolution.resolve_request(request.pk)
    assert fresh(request).state == State.RESOLVING
    resolution.resolve_request(request.pk)
    assert "tv-1" in resolved(fresh(request))


def test_after_the_freeze_no_link_is_decided_any_more(drive, four, crm, world):
    crm((four.customer, None, "tv-1"))
    request = drive.planning()
    link = ends(request)["tv-1"]
    scoping.decide_edge(user=world.pia, edge_id=link.pk, decision="dismissed", reason="a hotel's")
    tasks.resolve_waiting()
    with pytest.raises(RequestRefused, match="frozen already"):
        scoping.decide_edge(user=world.pia, edge_id=link.pk, decision="confirmed", reason="hers after all")
    assert WaitingEdge.objects.get(pk=link.pk).decision == "dismissed"


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_and_the_freeze_at_one_time_end_in_one_of_two_orders(drive, four, crm, world):
    """Either the decision came first and is in the set, or it is refused; never kept beside a set that lacks it."""
    crm((four.customer, None, "tv-1"))
    request = drive.planning()
    link = ends(request)["tv-1"]
    scoping.decide_edge(user=world.pia, edge_id=link.pk, decision="dismissed", reason="a hotel's")
    outcome = []

    def confirm():
        try:
            scoping.decide_edge(user=world.pia, edge_id=link.pk, decision="confirmed", reason="hers")
            outcome.append("kept")
        except RequestRefused:
            outcome.append("refused")
        finally:
            connection.close()

    other = threading.Thread(target=confirm)
    other.start()
    resolution.resolve_request(request.pk)
    other.join()
    tasks.resolve_waiting()
    request = fresh(request)
    assert request.state == State.PLANNING
    assert outcome == (["kept"] if "tv-1" in resolved(request) else ["refused"])


def test_looking_where_a_link_leads_is_evidence(drive, four, crm, world):
    from portal.core.evidence.models import Entry

    crm((four.customer, None, "tv-1"))
    request = drive.planning()
    link = ends(request)["tv-1"]
    assert scoping.unmask_edge(user=world.pia, edge_id=link.pk, reason="is it a television?") == "tv-1"
    entry = Entry.objects.get(kind="privacy:identifier:unmasked")
    assert "tv-1" not in str(entry.payload)
