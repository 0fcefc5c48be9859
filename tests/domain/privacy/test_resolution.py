"""Who is erased: only what the subject proved seeds the search, and no family's device drags others in."""

from privacy_app.domain.pseudonym import token
from privacy_app.domain.resolution import Edge, Identifier, frozen_form, resolve

EMAIL = Identifier("email", "pia.own@example.com")
OWN = Identifier("customer_id", "c_1")
VICTIM = Identifier("customer_id", "c_49102")
VICTIM_MAIL = Identifier("email", "victim@example.com")
DEVICE = Identifier("device_id", "d_tv")


def graph(*edges):
    return lambda start: [edge for edge in edges if edge.start == start]


def edge(start, end, *, asserted=True, single_person=True, confidence=100):
    return Edge(start, end, "oltp.customers", confidence, asserted, single_person)


def test_a_victims_customer_id_claimed_beside_a_proved_own_email_is_refused():
    ask = graph(edge(EMAIL, OWN), edge(VICTIM, VICTIM_MAIL))
    found = resolve([EMAIL], ask, claimed=[OWN, VICTIM])
    assert set(found.members) == {EMAIL, OWN}
    assert found.refused == [VICTIM]


def test_edges_of_the_controllers_own_source_are_followed_as_far_as_they_go():
    found = resolve([EMAIL], graph(edge(EMAIL, OWN), edge(OWN, Identifier("vector_id", "v_1"), confidence=90)))
    assert [member.confidence for member in found.members.values()] == [100, 100, 90]


def test_a_shared_device_waits_for_a_person_and_is_followed_once_confirmed():
    shared = edge(OWN, DEVICE, single_person=False)
    others = edge(DEVICE, VICTIM)
    ask = graph(edge(EMAIL, OWN), shared, others)
    before = resolve([EMAIL], ask)
    assert before.waiting == [shared]
    assert VICTIM not in before.members
    after = resolve([EMAIL], ask, confirmed=frozenset({(OWN, DEVICE)}))
    assert {DEVICE, VICTIM} <= set(after.members)


def test_an_edge_that_somebody_else_asserts_is_not_followed_by_itself():
    bought = edge(EMAIL, VICTIM, asserted=False)
    found = resolve([EMAIL], graph(bought))
    assert set(found.members) == {EMAIL}
    assert found.waiting == [bought]


def test_edges_in_a_circle_end():
    found = resolve([EMAIL], graph(edge(EMAIL, OWN), edge(OWN, EMAIL)))
    assert set(found.members) == {EMAIL, OWN}


def test_the_frozen_form_holds_tokens_only_and_does_not_depend_on_the_order_of_the_search():
    key = bytes(range(32))
    one = resolve([EMAIL], graph(edge(EMAIL, OWN)))
    two = resolve([OWN, EMAIL], graph(edge(EMAIL, OWN)))
    rows = frozen_form(one, lambda kind, value: token(key, kind, value))
    assert "pia" not in repr(rows)
    assert "c_1" not in repr(rows)
    assert [row["token"] for row in rows] == [
        row["token"] for row in frozen_form(two, lambda kind, value: token(key, kind, value))
    ]
