"""A change of the matrix from its proposal to its signatures and into force, as people would do it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from portal.core.evidence.models import Entry
from portal.core.identity.models import Membership, User
from portal.core.notify.services import deliver_waiting
from portal.core.raci import selectors, services
from portal.core.raci.domain.matrix import Letter, Row, seats_of
from portal.core.raci.models import Post, Proposal, Version
from portal.core.signing.models import Signature
from portal.core.signing.proofs import PasswordAndCode
from portal.core.signing.services import SigningRefused
from tests.access.raci import REASON, an_asset, put_in_force

LINEAGE = "workstream:lineage"


def again(user: User) -> User:
    """The person as the next request reads them."""
    return User.objects.get(pk=user.pk)


def propose(world, row: Row, who: str = "hal", **more) -> Proposal:
    return services.propose(user=again(world.people[who]), rows=[row], reason=REASON, key=uuid4(), **more)


def sign(world, proposal: Proposal, who: str):
    user = again(world.people[who])
    challenge = services.begin_signature(user=user, proposal=proposal)
    proof = PasswordAndCode(world.password, world.code(who))
    return services.sign(user=user, proposal=proposal, challenge_id=challenge.pk, proof=proof)


def posted() -> set[tuple[str, str]]:
    """Delivers what waits: to whom, with which subject."""
    mail.outbox.clear()
    deliver_waiting(500)
    return {(letter.to[0].split("@")[0], letter.subject) for letter in mail.outbox}


@pytest.fixture
def ciso(world) -> Post:
    """The CISO is Otto."""
    return services.set_post(user=world.ada, wish=services.Wish("CISO", people=[world.otto]))


@pytest.fixture
def lineage() -> Row:
    return Row(LINEAGE, "Lineage", seats_of({"R": ["team:platform"], "A": ["role:head_of_data"]}))


def moved(row: Row, **duties: list[str]) -> Row:
    return Row(row.key, row.title, seats_of(duties))


def test_a_first_workstream_is_in_force_when_its_accountable_has_signed(world, lineage):
    proposal = propose(world, lineage)
    assert [demand.label for demand in proposal.demands.all()] == ["Head of data"]
    sign(world, proposal, "hal")
    version = selectors.current()
    assert (version.number, [row.title for row in selectors.matrix_at(version).values()]) == (1, ["Lineage"])
    [line] = selectors.peopled(selectors.workstream_lines())
    assert [cell.holders[0].label for cell in line.cells[:2]] == ["Data Platform", "Head of data"]
    assert line.cells[0].source.word == "RACI version 1"


def test_a_row_that_changes_hands_needs_the_one_who_gives_it_up_and_the_one_who_takes_it(world, lineage, ciso):
    sign(world, propose(world, lineage), "hal")
    proposal = propose(world, moved(lineage, R=["team:platform"], A=["post:ciso"], C=["team:analytics"]))
    asked = {demand.label: demand.capacity for demand in proposal.demands.all()}
    assert asked == {"Head of data": "accountable now", "CISO": "accountable then"}

    sign(world, proposal, "otto")
    assert selectors.workstream("lineage").row.accountable == "role:head_of_data", "one of two has signed"
    sign(world, proposal, "hal")

    assert selectors.workstream("lineage").row.accountable == "post:ciso"
    first, second = Version.objects.order_by("number")
    [change] = selectors.difference(first, second)
    assert (change.going(Letter.A), change.coming(Letter.A)) == (("role:head_of_data",), ("post:ciso",))
    given = Signature.objects.filter(purpose="raci", ref=proposal.ref)
    assert {each.digest for each in given} == {proposal.digest}


def test_every_step_is_in_the_ledger_and_names_no_person(world, lineage, ciso):
    sign(world, propose(world, lineage), "hal")
    kinds = list(Entry.objects.filter(kind__startswith="raci:").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["raci:post:set", "raci:proposal:made", "raci:proposal:signed", "raci:version:in_force"]
    said = str(list(Entry.objects.filter(kind__startswith="raci:").values_list("payload", flat=True)))
    assert all(name not in said for name in ("Hal", "Otto", "example.org", REASON))


def test_nobody_gives_two_signatures_and_what_nobody_could_sign_is_refused_at_once(world, lineage):
    both = services.set_post(user=world.ada, wish=services.Wish("CTO", people=[world.hal]))
    sign(world, propose(world, lineage), "hal")
    with pytest.raises(services.Refused, match="Too few people stand behind CTO and Head of data"):
        propose(world, moved(lineage, R=["team:platform"], A=[selectors.holder_of(both)]))
    services.set_post(user=world.ada, wish=services.Wish("CTO", people=[world.hal, world.otto]), slug="cto")
    proposal = propose(world, moved(lineage, R=["team:platform"], A=["post:cto"]))
    assert sign(world, proposal, "hal").label == "Head of data", "Otto alone could sign as CTO"
    with pytest.raises(services.Refused, match="You have signed it; one person never gives two roles' signatures"):
        services.begin_signature(user=again(world.hal), proposal=proposal)
    sign(world, proposal, "otto")
    assert selectors.current().number == 2


def test_two_proposals_for_one_row_are_refused_with_who_and_what(world, lineage):
    proposal = propose(world, lineage)
    with pytest.raises(services.Refused, match=f"Proposal {proposal.pk} by Hal Head already changes Lineage"):
        propose(world, moved(lineage, R=["team:analytics"], A=["role:head_of_data"]))
    other = Row("workstream:slos", "SLOs", lineage.seats)
    sign(world, propose(world, other), "hal")
    assert [row.title for row in selectors.matrix_at(selectors.current()).values()] == ["SLOs"]
    sign(world, proposal, "hal")
    assert sorted(selectors.matrix_at(selectors.current())) == [LINEAGE, "workstream:slos"]


def test_the_same_post_sent_twice_makes_one_proposal(world, lineage):
    key = uuid4()
    made = [services.propose(user=world.hal, rows=[lineage], reason=REASON, key=key) for _ in range(2)]
    assert made[0] == made[1]
    assert Proposal.objects.count() == 1


def test_a_withdrawn_proposal_can_be_signed_no_more_and_frees_its_rows(world, lineage):
    proposal = propose(world, lineage)
    with pytest.raises(services.Refused, match="Say why"):
        services.withdraw(user=world.hal, proposal=proposal, reason=" ")
    services.withdraw(user=world.hal, proposal=proposal, reason="The team is split first.")
    with pytest.raises(services.Refused, match="withdrawn; only an open one can be signed"):
        sign(world, Proposal.objects.get(), "hal")
    sign(world, propose(world, lineage), "hal")
    assert selectors.current().number == 1


def test_what_was_stored_otherwise_than_it_was_proposed_is_not_signed(world, lineage):
    proposal = propose(world, lineage)
    change = proposal.changes.get()
    change.after = change.after | {"duties": {"R": ["team:analytics"], "A": ["role:head_of_data"]}}
    change.save()
    with pytest.raises(SigningRefused, match="This changed after you opened it"):
        sign(world, proposal, "hal")
    assert selectors.current() is None


def test_rows_that_break_the_rules_are_refused_with_every_reason(world, ciso):
    broken = Row(LINEAGE, "Lineage", seats_of({"A": ["post:ciso", "team:analytics"], "C": ["team:nowhere"]}))
    with pytest.raises(services.Refused) as refused:
        propose(world, broken)
    said = " ".join(refused.value.reasons)
    assert "2 holders for A" in said
    assert "nobody responsible" in said
    assert "nowhere is no team" in said
    with pytest.raises(services.Refused, match="Nobody active can answer as Product Analytics"):
        propose(world, moved(broken, R=["team:platform"], A=["team:analytics"]))


def test_a_version_in_force_never_changes(world, lineage):
    sign(world, propose(world, lineage), "hal")
    version = selectors.current()
    with pytest.raises(ValueError, match="never changes"):
        version.save()
    with pytest.raises(DatabaseError, match="in force for good"), transaction.atomic():
        Version.objects.update(digest="sha256:1")
    with pytest.raises(DatabaseError, match="in force for good"), transaction.atomic():
        connection.cursor().execute("DELETE FROM raci_version")


def test_an_owner_proposes_the_row_of_an_own_asset_and_no_other(world, ciso):
    asset = an_asset(world)
    row = Row(selectors.asset_key(asset), asset.name, seats_of({"R": ["team:platform"], "A": ["team:platform"]}))
    with pytest.raises(PermissionDenied):
        propose(world, row, who="otto")
    with pytest.raises(PermissionDenied):
        propose(world, Row(LINEAGE, "Lineage", row.seats), who="ana")
    proposal = propose(world, row, who="ana")
    asked = {demand.label: demand.capacity for demand in proposal.demands.all()}
    assert asked == {"Head of data": "accountable now", "Data Platform": "accountable then"}
    sign(world, proposal, "ana")
    sign(world, proposal, "hal")
    line = selectors.line_of_asset(asset)
    assert (line.signed, line.row.accountable) == (True, "team:platform")


def test_a_row_that_is_taken_out_follows_from_the_catalog_again(world, ciso):
    asset = an_asset(world)
    row = Row(selectors.asset_key(asset), asset.name, seats_of({"R": ["team:platform"], "A": ["post:ciso"]}))
    put_in_force(world, row)
    proposal = services.propose(user=again(world.ana), rows=[], out=[row.key], reason=REASON, key=uuid4())
    assert [demand.label for demand in proposal.demands.all()] == ["CISO"]
    sign(world, proposal, "otto")
    line = selectors.line_of_asset(asset)
    assert (line.signed, line.row.accountable) == (False, "role:head_of_data")
    assert selectors.matrix_at(selectors.current()) == {}


def test_the_head_of_data_stands_in_for_an_accountable_who_left(world, lineage, ciso):
    put_in_force(world, moved(lineage, R=["team:platform"], A=["post:ciso"]))
    User.objects.filter(pk=world.otto.pk).update(is_active=False)
    proposal = propose(world, lineage)
    [demand] = proposal.demands.all()
    assert (demand.label, demand.instead_of) == ("Head of data", ["CISO"])


def test_signers_are_asked_by_mail_and_everybody_named_is_told_when_it_is_in_force(world, lineage, ciso):
    proposal = propose(world, moved(lineage, R=["team:platform"], A=["role:head_of_data"], I=["post:ciso"]))
    assert posted() == {("hal", f"To sign: {proposal} of the RACI")}
    sign(world, proposal, "hal")
    assert {name for name, subject in posted() if "in force" in subject} == {"ana", "bob", "dan", "hal", "otto"}


def test_a_post_is_set_by_administrators_only_and_stands_for_what_they_say(world):
    with pytest.raises(PermissionDenied):
        services.set_post(user=world.hal, wish=services.Wish("CISO"))
    made = services.set_post(user=world.ada, wish=services.Wish("Security", stands_for="team", team=world.logistics))
    assert [person.name for person in selectors.behind_post(made).people] == ["Otto Outsider"]
    with pytest.raises(services.Refused, match="Choose the team"):
        services.set_post(user=world.ada, wish=services.Wish("Security", stands_for="team"), slug="security")
    services.set_post(user=world.ada, wish=services.Wish("Security", stands_for="everybody"), slug="security")
    behind = selectors.behind_post(Post.objects.get())
    assert (behind.everybody, behind.head_count, behind.speakers) == (True, 11, [])
    with pytest.raises(services.Refused, match="already: change that one"):
        services.set_post(user=world.ada, wish=services.Wish("security"))


def test_gaps_appear_when_people_leave_and_go_when_somebody_follows(world, lineage, ciso):
    put_in_force(world, moved(lineage, R=["team:analytics"], A=["post:ciso"]))
    assert selectors.open_gaps(world.hal) == []
    User.objects.filter(pk__in=[world.otto.pk, world.cleo.pk]).update(is_active=False)
    said = [each.gap.sentence for each in selectors.open_gaps(world.hal)]
    assert said == [
        "Product Analytics, responsible for Lineage, has no active people.",
        "CISO, accountable for Lineage, has no active people.",
        "Product Analytics, responsible for Lineage, still has somebody who left.",
        "CISO, accountable for Lineage, still has somebody who left.",
    ]
    assert [gap.sentence for gap in selectors.grave_gaps(world.hal)] == said[:2]
    services.set_post(user=world.ada, wish=services.Wish("CISO", people=[world.hal]), slug="ciso")
    Membership.objects.filter(user=world.cleo).delete()
    Membership.objects.create(user=world.nia, role="consumer", team=world.analytics)
    assert selectors.open_gaps(world.hal) == []
