"""Which hold keeps what, for whom, and for how long: the rules without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy_app.domain.clocks import Law
from privacy_app.domain.holds import BASES, Asked, Hold, HoldKind, basis_of, in_force, strongest, why_refused

TODAY = date(2026, 11, 23)
TAX = basis_of("gdpr_17_3_b")
ASKED = Asked("DEL-2026-11-23-0001", Law.GDPR, "oltp", "customers", frozenset({"hmac:a"}))


def hold(pk=1, kind=HoldKind.EXEMPTION, basis=TAX, ends_on=TODAY, **more):
    return Hold(pk, kind, basis, ends_on=ends_on, **more)


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({}, True),
        ({"system": "oltp", "dataset": "customers"}, True),
        ({"system": "lake"}, False),
        ({"dataset": "orders"}, False),
        ({"request": "DEL-2026-11-23-0001"}, True),
        ({"request": "DEL-2026-11-23-0002"}, False),
        ({"subjects": frozenset({"hmac:a", "hmac:b"})}, True),
        ({"subjects": frozenset({"hmac:b"})}, False),
        ({"released": True}, False),
        ({"ends_on": TODAY - timedelta(1)}, False),
        ({"ends_on": None, "review_on": TODAY - timedelta(400)}, True),
    ],
)
def test_a_hold_keeps_exactly_what_its_scope_says_and_an_overdue_review_does_not_end_it(more, kept):
    assert (strongest([hold(**more)], ASKED, TODAY) is not None) is kept


def test_an_exemption_answers_requests_of_its_own_law_and_a_legal_hold_all_of_them():
    ccpa = Asked(ASKED.request, Law.CCPA, "oltp", "customers")
    assert strongest([hold()], ccpa, TODAY) is None
    assert strongest([hold(kind=HoldKind.LEGAL_HOLD)], ccpa, TODAY)


def test_the_whole_dataset_comes_before_fields_and_the_longest_comes_first():
    fields = hold(1, fields=("invoice",), ends_on=None, review_on=TODAY)
    short, long = hold(2), hold(3, ends_on=TODAY + timedelta(9))
    found = strongest([fields, short, long], ASKED, TODAY)
    assert (found.hold, found.fields) == (3, ())
    both = strongest([fields, hold(4, fields=("amount",))], ASKED, TODAY)
    assert (both.hold, both.fields) == (1, ("amount", "invoice"))


@pytest.mark.parametrize("basis", [each for each in BASES if not each.holds])
def test_a_legal_hold_rests_only_on_claims_or_a_legal_obligation(basis):
    later = TODAY + timedelta(1)
    assert "cannot rest" in why_refused(HoldKind.LEGAL_HOLD, basis, later, None, TODAY)
    assert why_refused(HoldKind.EXEMPTION, basis, later, None, TODAY) == ""


@pytest.mark.parametrize("days", [(None, None), (TODAY, None), (None, TODAY), (TODAY - timedelta(1), None)])
def test_nothing_is_kept_for_ever_and_nothing_until_yesterday(days):
    assert why_refused(HoldKind.EXEMPTION, TAX, *days, TODAY)


holds = st.lists(
    st.builds(
        Hold,
        pk=st.integers(1, 9),
        kind=st.sampled_from(HoldKind),
        basis=st.sampled_from(BASES),
        system=st.sampled_from(["", "oltp", "lake"]),
        fields=st.sampled_from([(), ("a",), ("b",)]),
        ends_on=st.none() | st.dates(TODAY - timedelta(2), TODAY + timedelta(2)),
        released=st.booleans(),
    ),
    max_size=6,
)


@given(holds)
def test_one_more_hold_never_lets_more_be_erased(several):
    """Adding a hold can only keep, never free: erasing is what cannot be undone."""
    for index in range(len(several)):
        fewer = several[:index] + several[index + 1 :]
        if strongest(fewer, ASKED, TODAY):
            assert strongest(several, ASKED, TODAY)


@given(holds)
def test_what_is_kept_is_kept_by_a_hold_in_force(several):
    found = strongest(several, ASKED, TODAY)
    if found:
        assert any(each.pk == found.hold and in_force(each, TODAY) for each in several)
