"""The short way to the canonical bytes writes what the library for RFC 8785 writes, or leaves it to the library."""

import math

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from contracts_app.domain.canonical import canonical_form

numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=20) | st.text(st.characters(max_codepoint=127), max_size=20)
data = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)


@given(data.filter(lambda value: "\\ud" not in ascii(value)))
@example(-0.0)
@example([1e21, 1e-7, 1e16, 9007199254740993.0, 0.1, 100.0, -5e-324, 1.7976931348623157e308, 123456789012345680000.0])
@example({"€": 1, "\r": 2, "דּ": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7, "</script>": 8, "\x7f\x1f\b": 9})
@example({"a": True, "b": 1, "c": 1.0, "d": "\u2028"})
def test_the_short_way_writes_the_bytes_of_the_library(value):
    assert canonical_form(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53, -(2**60), {"a": [2**64]}, {1: "x"}, object()])
def test_what_the_scheme_cannot_hold_is_refused_by_both(value):
    with pytest.raises(rfc8785.CanonicalizationError):
        rfc8785.dumps(value)
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical_form(value)
