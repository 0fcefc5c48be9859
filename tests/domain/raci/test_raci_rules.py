"""The matrix's rules hold for whatever anybody proposes, and what is wrong with it is said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.core.raci.domain.changes import RowChange, applied, compare
from portal.core.raci.domain.documents import matrix_of, version_document
from portal.core.raci.domain.gaps import Fault, gaps_of
from portal.core.raci.domain.holders import Standing
from portal.core.raci.domain.matrix import LETTERS, Letter, Row, Seat, as_json, by_key, from_json, seats_of
from portal.core.raci.domain.rules import refusals
from portal.core.raci.domain.signers import demands, enough

HOLDERS = ("team:platform", "team:quality", "role:head_of_data", "post:ciso", "post:org", "text:somebody")
SEATS = st.builds(Seat, st.sampled_from(LETTERS), st.sampled_from(HOLDERS))
KEYS = st.sampled_from([f"workstream:w{n}" for n in range(5)] + [f"asset:shop/t{n}" for n in range(3)])
ROWS = st.builds(Row, KEYS, st.sampled_from(["One", "Two"]), st.frozensets(SEATS, max_size=7))
MATRICES = st.lists(ROWS, max_size=6, unique_by=lambda row: row.key).map(by_key)
STANDINGS = st.fixed_dictionaries(
    {
        holder: st.builds(
            Standing,
            st.just(holder),
            known=st.just(not holder.startswith("text:")),
            people=st.integers(0, 3),
            answer=st.integers(0, 2),
            left=st.integers(0, 2),
            everybody=st.just(holder == "post:org"),
        )
        for holder in HOLDERS
    }
)
GOOD = Row("workstream:x", "X", seats_of({"R": ["team:platform"], "A": ["post:ciso"]}))
FULL = {holder: Standing(holder, people=2, answer=1) for holder in HOLDERS}


@given(ROWS, STANDINGS)
def test_a_row_that_is_accepted_has_exactly_one_accountable_who_can_answer_and_somebody_responsible(row, standings):
    if refusals(row, standings):
        return
    accountable = row.holders(Letter.A)
    assert len(accountable) == 1
    assert standings[accountable[0]].answer > 0
    assert not standings[accountable[0]].everybody
    assert len(row.holders(Letter.R)) >= 1
    assert all(standings[seat.holder].known for seat in row.seats)


@given(ROWS)
def test_a_row_with_one_a_an_r_and_one_duty_a_holder_is_accepted_where_everybody_is_there(row):
    known = {holder: Standing(holder, people=1, answer=1) for holder in HOLDERS}
    known["text:somebody"] = Standing("somebody", known=False)
    twice = len({seat.holder for seat in row.seats}) < len(row.seats)
    right = len(row.holders(Letter.A)) == 1 and bool(row.holders(Letter.R)) and not twice
    unknown = any(seat.holder == "text:somebody" for seat in row.seats)
    if right and not unknown:
        assert refusals(row, known) == []
    if len(row.holders(Letter.A)) != 1 or not row.holders(Letter.R) or unknown:
        assert refusals(row, known)


def test_a_and_r_may_be_the_same_holder_and_no_other_two_duties_may():
    both = Row("workstream:x", "X", seats_of({"R": ["post:ciso"], "A": ["post:ciso"]}))
    assert refusals(both, FULL) == []
    other = Row("workstream:x", "X", seats_of({"R": ["team:platform"], "A": ["post:ciso"], "C": ["team:platform"]}))
    assert refusals(other, FULL) == [
        "team:platform stands twice in X: a holder has one duty in a row, or A and R together."
    ]


@given(MATRICES, MATRICES)
def test_the_difference_of_two_matrices_put_into_the_first_gives_the_second(old, new):
    assert applied(old, compare(old, new)) == dict(new)
    assert compare(new, new) == []


@given(MATRICES)
def test_a_matrix_is_the_same_after_it_was_written_and_read_and_its_document_has_one_form(matrix):
    assert matrix_of(version_document(3, matrix)) == matrix
    back = {key: from_json(as_json(row)) for key, row in reversed(matrix.items())}
    assert version_document(3, back) == version_document(3, matrix)


def test_a_change_of_a_row_that_is_not_as_it_was_found_is_refused():
    import pytest

    with pytest.raises(ValueError, match="X was changed meanwhile"):
        applied({}, [RowChange(GOOD.key, GOOD, None)])


@given(ROWS, STANDINGS)
def test_a_row_without_gaps_has_people_for_each_duty(row, standings):
    if gaps_of(row, standings):
        return
    assert all(standings[seat.holder].people > 0 and standings[seat.holder].left == 0 for seat in row.seats)
    assert len(row.holders(Letter.A)) == 1
    assert row.holders(Letter.R)


def test_each_gap_says_what_is_wrong_and_what_to_do():
    row = Row("workstream:x", "Lineage", seats_of({"R": ["team:platform"], "A": ["post:ciso"], "I": ["text:Board"]}))
    states = {
        "team:platform": Standing("Data Platform", people=2, answer=0, left=1),
        "post:ciso": Standing("CISO", people=0),
        "text:Board": Standing("Board", known=False),
    }
    found = gaps_of(row, states)
    assert [(gap.letter, gap.fault, gap.grave) for gap in found] == [
        (Letter.R, Fault.LEFT, False),
        (Letter.A, Fault.EMPTY, True),
        (Letter.I, Fault.UNKNOWN, False),
    ]
    assert found[1].sentence == "CISO, accountable for Lineage, has no active people."
    assert found[1].advice == "Say who holds the post."
    assert gaps_of(Row("workstream:y", "Y"), {})[0].sentence == "Y has nobody responsible."


@given(st.lists(ROWS, max_size=4, unique_by=lambda row: row.key), st.sets(st.sampled_from(HOLDERS)))
def test_the_present_and_the_proposed_accountable_of_each_changed_row_sign_each_once(rows, able):
    changes = [RowChange(row.key, GOOD if n % 2 else None, row) for n, row in enumerate(rows)]
    asked = demands(changes, now={}, able=able, keeper="role:head_of_data")
    holders = [one.holder for one in asked]
    assert len(holders) == len(set(holders))
    for change in changes:
        assert change.after.accountable in holders
        if change.before:
            assert change.before.accountable in holders or "role:head_of_data" in holders


def test_where_nobody_can_answer_any_more_the_keeper_of_the_matrix_signs_in_their_place():
    after = Row("workstream:x", "X", seats_of({"R": ["team:platform"], "A": ["team:quality"]}))
    [first, second] = demands([RowChange(GOOD.key, GOOD, after)], now={}, able={"team:quality"}, keeper="role:keeper")
    assert (first.holder, first.present, first.instead_of) == ("role:keeper", ("X",), ("post:ciso",))
    assert (second.holder, second.proposed, second.capacity) == ("team:quality", ("X",), "accountable then")


@given(st.lists(st.frozensets(st.integers(0, 4), max_size=3), max_size=5))
def test_there_are_enough_signers_exactly_where_everybody_can_have_one_of_their_own(groups):
    from itertools import product

    names = [str(n) for n in range(len(groups))]
    people = dict(zip(names, groups, strict=True))
    possible = any(len(set(chosen)) == len(chosen) for chosen in product(*groups))
    assert enough(names, people) == possible
