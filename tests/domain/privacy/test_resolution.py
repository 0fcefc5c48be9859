"""Who is erased: only what the subject proved seeds the search, and no family's device drags others in."""

import pytest

from privacy_app.domain import resolution
from privacy_app.domain.pseudonym import token
from privacy_app.domain.resolution import Edge, Identifier, TooMany, frozen_form, resolve

EMAIL = Identifier("email", "pia.own@example.com")
OWN = Identifier("customer_id", "c_1")
VICTIM = Identifier("customer_id", "c_49102")
VICTIM_MAIL = Identifier("email", "victim@example.com")
DEVICE = Identifier("device_id", "d_tv")
VECTOR = Identifier("vector_id", "v_1")


def graph(*edges):
    return lambda start: [edge for edge in edges if edge.start == start]


def edge(start, end, *, asserted=True, single_person=True, confidence=100, **more):
    return Edge(start, end, "oltp.customers", confidence, asserted, single_person, **more)


def both(start, end, **more):
    """What an honest source says: the same row, found from either of its identifiers."""
    return edge(start, end, **more), edge(end, start, **more)


def waiting_for(found):
    return {each.edge.end: each.why for each in found.waiting}


def test_a_victims_customer_id_claimed_beside_a_proved_own_email_is_refused():
    ask = graph(*both(EMAIL, OWN), *both(VICTIM, VICTIM_MAIL))
    found = resolve([EMAIL], ask, claimed=[OWN, VICTIM])
    assert set(found.members) == {EMAIL, OWN}
    assert found.refused == [VICTIM]
    assert not found.waiting


def test_edges_of_the_controllers_own_source_are_followed_as_far_as_they_go():
    found = resolve([EMAIL], graph(*both(EMAIL, OWN), *both(OWN, VECTOR, confidence=90)))
    assert [member.confidence for member in found.members.values()] == [100, 100, 90]


def test_a_victims_address_typed_into_the_attackers_own_profile_is_not_followed():
    """The source states the row as fact and for one person; asked for the victim's address it names the victim."""
    ask = graph(*both(EMAIL, OWN), edge(OWN, VICTIM_MAIL), *both(VICTIM_MAIL, VICTIM))
    found = resolve([EMAIL], ask)
    assert set(found.members) == {EMAIL, OWN}
    assert waiting_for(found) == {VICTIM_MAIL: "the source does not lead back from there to this person"}


def test_a_victims_address_in_both_rows_names_two_persons_and_waits():
    both_rows = {"persons": 2, "single_person": False}
    ask = graph(
        *both(EMAIL, OWN),
        edge(OWN, VICTIM_MAIL),
        edge(VICTIM_MAIL, OWN, **both_rows),
        edge(VICTIM_MAIL, VICTIM, **both_rows),
    )
    found = resolve([EMAIL], ask)
    assert VICTIM_MAIL not in found.members
    assert found.waiting[0].persons == 2
    assert waiting_for(found) == {VICTIM_MAIL: "from its other end it belongs to several people"}


def test_a_device_waits_even_where_the_source_swears_that_it_is_one_persons():
    found = resolve([EMAIL], graph(*both(EMAIL, OWN), *both(OWN, DEVICE)))
    assert DEVICE not in found.members
    assert waiting_for(found) == {DEVICE: "a device may belong to several people"}


def test_nothing_follows_by_itself_from_a_device_that_a_person_confirmed():
    shared = both(OWN, DEVICE, single_person=False, persons=2)
    ask = graph(*both(EMAIL, OWN), *shared, *both(DEVICE, VICTIM), *both(VICTIM, VICTIM_MAIL))
    before = resolve([EMAIL], ask)
    assert list(waiting_for(before)) == [DEVICE]
    assert before.waiting[0].persons == 2
    after = resolve([EMAIL], ask, confirmed=frozenset({(OWN, DEVICE)}))
    assert set(after.members) == {EMAIL, OWN, DEVICE}
    assert list(waiting_for(after)) == [VICTIM]


def test_a_chain_behind_a_number_that_two_people_share_stays_closed_though_one_link_was_confirmed():
    account = Identifier("account_id", "joint")
    joint = both(OWN, account, single_person=False, persons=2)
    ask = graph(*both(EMAIL, OWN), *joint, *both(account, VICTIM), *both(VICTIM, VICTIM_MAIL))
    after = resolve([EMAIL], ask, confirmed=frozenset({(OWN, account)}))
    assert set(after.members) == {EMAIL, OWN, account}
    assert waiting_for(after) == {VICTIM: "it starts at something that several people may share"}


def test_an_edge_that_somebody_else_asserts_is_not_followed_by_itself():
    found = resolve([EMAIL], graph(*both(EMAIL, VICTIM, asserted=False)))
    assert set(found.members) == {EMAIL}
    assert waiting_for(found) == {VICTIM: "the source does not state it as fact"}


def test_an_asserted_link_of_little_confidence_waits():
    found = resolve([EMAIL], graph(*both(EMAIL, OWN, confidence=60)))
    assert waiting_for(found) == {OWN: "the source is only 60 % sure"}


@pytest.mark.parametrize(
    ("written", "follows"),
    [
        ("Pia.Other@Example.COM", True),  # letter case only
        ("\uff50ia.other@example.com", False),  # a full-width letter that NFKC makes ours
        ("pia.other@example.com\u200b", False),  # an invisible character
        ("pia.other@example.com ", False),
    ],
)
def test_a_source_that_writes_an_address_otherwise_than_by_letter_case_is_a_question_for_a_person(written, follows):
    other = Identifier("email", "pia.other@example.com")
    found = resolve([EMAIL], graph(*both(EMAIL, OWN), edge(OWN, other, written=written), edge(other, OWN)))
    assert (other in found.members) is follows


def test_an_opaque_number_in_another_letter_case_is_another_persons():
    found = resolve([EMAIL], graph(edge(EMAIL, OWN, written="C_1"), edge(OWN, EMAIL)))
    assert list(waiting_for(found)) == [OWN]


def test_a_plus_address_is_an_address_of_its_own():
    plus = Identifier("email", "pia.own+shop@example.com")
    assert set(resolve([EMAIL], graph(*both(plus, VICTIM))).members) == {EMAIL}


def test_a_name_or_a_postal_address_never_becomes_a_member_and_never_waits():
    found = resolve([EMAIL], graph(*both(EMAIL, Identifier("name", "pia own")), *both(EMAIL, OWN)))
    assert set(found.members) == {EMAIL, OWN}
    assert not found.waiting


def test_a_kind_that_nobody_described_waits():
    odd = Identifier("loyalty_card", "77")
    assert list(waiting_for(resolve([EMAIL], graph(*both(EMAIL, odd))))) == [odd]


def test_a_claim_that_a_waiting_link_leads_to_is_marked_for_the_person_who_decides():
    found = resolve([EMAIL], graph(*both(EMAIL, OWN), *both(OWN, DEVICE)), claimed=[DEVICE])
    assert found.waiting[0].claimed
    assert found.refused == [DEVICE]


def test_an_answer_about_somebody_else_is_no_answer():
    found = resolve([EMAIL], lambda _: [*both(VICTIM, VICTIM_MAIL), *both(VICTIM_MAIL, OWN)])
    assert set(found.members) == {EMAIL}
    assert not found.waiting


def test_edges_in_a_circle_end():
    found = resolve([EMAIL], graph(*both(EMAIL, OWN), *both(OWN, VECTOR), *both(VECTOR, EMAIL)))
    assert set(found.members) == {EMAIL, OWN, VECTOR}


def test_a_source_with_thousands_of_links_for_one_identifier_is_not_believed():
    many = [one for n in range(5_000) for one in both(EMAIL, Identifier("customer_id", f"c_{n}"))]
    with pytest.raises(TooMany, match=r"oltp\.customers ties more than 200 identifiers to one person") as caught:
        resolve([EMAIL], graph(*many))
    assert EMAIL.value not in str(caught.value)


def test_a_source_that_invents_a_new_link_each_time_ends_the_search_and_not_the_worker():
    asked = []

    def endless(start):
        asked.append(start)
        number = int(start.value[2:]) if start.kind == "customer_id" else 0
        links = [edge(start, Identifier("customer_id", f"c_{number + 1}"))]
        return links + (
            [edge(start, Identifier("customer_id", f"c_{number - 1}"))] if number > 1 else [edge(start, EMAIL)]
        )

    with pytest.raises(TooMany):
        resolve([EMAIL], endless)
    assert len(asked) <= resolution.MOST_MEMBERS + 2
    assert len(asked) == len(set(asked))


def test_the_frozen_form_holds_tokens_only_and_does_not_depend_on_the_order_of_the_search():
    key = bytes(range(32))
    one = resolve([EMAIL], graph(*both(EMAIL, OWN)))
    two = resolve([OWN, EMAIL], graph(*both(EMAIL, OWN)))
    rows = frozen_form(one, lambda kind, value: token(key, kind, value))
    assert "pia" not in repr(rows)
    assert "c_1" not in repr(rows)
    assert [row["token"] for row in rows] == [
        row["token"] for row in frozen_form(two, lambda kind, value: token(key, kind, value))
    ]
