"""Tokens and hints: RFC 2104 vectors by the standard library's own HMAC, and no value in either."""

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from privacy_app.domain.pseudonym import hint, normalise, token

KEY = bytes(range(32))


def test_a_complainant_with_the_key_can_repeat_the_token_with_any_hmac_tool():
    expected = hmac.new(KEY, b"email\x00dana@example.com", hashlib.sha256).hexdigest()
    assert token(KEY, "email", " Dana@EXAMPLE.com ") == f"hmac-sha256:{expected}"


def test_the_same_value_of_another_kind_or_under_another_key_has_another_token():
    assert token(KEY, "email", "x") != token(KEY, "customer_id", "x")
    assert token(KEY, "email", "x") != token(bytes(32), "email", "x")


def test_an_identifier_that_is_no_email_keeps_its_case():
    assert normalise("customer_id", " C_49102 ") == "C_49102"


@given(st.sampled_from(["email", "customer_id"]), st.text(min_size=4))
def test_a_hint_never_shows_the_whole_value(kind, value):
    assert value.strip().casefold() not in hint(kind, value) or len(normalise(kind, value)) <= 1
