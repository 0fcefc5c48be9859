"""Readers of other systems' storage meet torn and foreign bytes: they may miss, they may not fall over."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from portal.core.connectors.postgres import pages
from portal.core.connectors.valkey import rdb

LAYOUT = [pages.Attribute(-1, 4), pages.Attribute(8, 8), pages.Attribute(-2, 1), pages.Attribute(-1, 4)]


@given(st.binary(max_size=300), st.integers(0, 400))
def test_decompressors_give_exactly_the_stated_size_or_nothing(data, size):
    for decompress in (pages.pglz, rdb.lzf):
        clear = decompress(data, size)
        assert clear is None or len(clear) == size


@given(st.binary(max_size=600))
def test_carving_never_falls_over(data):
    assert len(list(rdb.carved(data))) <= len(data)


@given(st.binary(min_size=23, max_size=200))
def test_a_torn_row_never_falls_over_and_yields_no_more_than_its_bytes_can_hold(row):
    seen = pages.Decoded()
    pages.compressed_values(row, LAYOUT, seen)
    pages.toasted(iter([row]), seen)
    assert len(seen.values) + seen.undecodable <= len(row)


@given(st.binary(min_size=1, max_size=64))
def test_a_foreign_page_yields_only_rows_that_lie_in_it(some):
    page = (some * pages.PAGE)[: pages.PAGE]
    assert all(23 <= len(row) <= pages.PAGE for row in pages.row_versions(page))


def test_literals_and_overlapping_repeats_come_out_as_they_went_in():
    packed = bytes([2]) + b"abc" + bytes([0xE0, 7, 2])  # three literals, then 7 + 9 - 7 + 2 bytes from three back
    assert rdb.lzf(packed, 3 + 16) == b"abc" * 6 + b"a"


def test_a_string_is_carved_out_of_the_middle_of_other_bytes():
    packed = bytes([2]) + b"abc" + bytes([0xE0, 7, 2])
    blob = b"junk\xc3\xff" + bytes([0xC3, len(packed), 19]) + packed + b"more"
    assert list(rdb.carved(blob)) == [b"abc" * 6 + b"a"]


def test_a_toasted_value_is_joined_across_its_chunks_in_order():
    def chunk(number: int, data: bytes) -> bytes:
        body = struct.pack("<II", 77, number) + struct.pack("<I", (len(data) + 4) << 2) + data
        return b"\0" * 22 + bytes([24, 0]) + body

    seen = pages.Decoded()
    pages.toasted(iter([chunk(1, b"@example.com"), chunk(0, b"ana")]), seen)
    assert b"ana@example.com" in seen.values
