"""A file of requests as text: good rows, refused lines by number, and files that cannot be read; never a value."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy_app.domain.csv_intake import MOST_ROWS, FileRefused, read

TODAY = date(2027, 1, 15)


def looks_like_an_address(text):
    return text.count("@") == 1 and "." in text and " " not in text


def parse(text):
    data = text if isinstance(text, bytes) else text.encode()
    return read(data, TODAY, looks_like_an_address)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_what_spreadsheets_write_is_read(mark, end, delimiter):
    lines = [
        "email,claim:customer_id,law,received_on",
        "dana@example.com,c_1,ccpa,2027-01-10",
        "",
        "eve@example.com,,,",
    ]
    rows, problems = parse(mark + end.join(lines).replace(",", delimiter) + end)
    assert not problems
    assert [(row.line, row.email, dict(row.claims), row.law) for row in rows] == [
        (2, "dana@example.com", {"customer_id": "c_1"}, "ccpa"),
        (4, "eve@example.com", {}, "gdpr"),
    ]
    assert rows[0].received_on == date(2027, 1, 10)


def test_a_line_break_in_a_quoted_cell_is_refused_and_the_lines_after_it_keep_their_numbers():
    rows, problems = parse('email,reference\n"dana@example.com","a\nb"\neve@example.com,x\n')
    assert [each.line for each in problems] == [2]
    assert [row.line for row in rows] == [4]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("secret", "email is not an e-mail address"),
        ("a@b.c,secret@", "second_email is not an address"),
        ("a@b.c,,secret", "law is none of gdpr, ccpa"),
        ("a@b.c,,,secret", "language is none"),
        ("a@b.c,,,,secret", "received_on is no day"),
        ("a@b.c,,,,2027-01-16", "received_on is no day"),
        ("a@b.c,,,,2025-01-01", "received_on is no day"),
        ("a@b.c,,,,,secret,secret", "has 1 cell too many"),
        ("a@b.c,,,,,sec\x07ret", "cannot be printed"),
        ("a@b.c,,,,," + "secret" * 50, "reference is longer than 200"),
    ],
)
def test_a_wrong_line_is_named_by_number_and_column_and_never_repeated(line, says):
    full = line if line.count(",") >= 5 else line + "," * (5 - line.count(","))
    rows, problems = parse(f"email,second_email,law,language,received_on,reference\n{full}\n")
    assert not rows
    assert problems[0].line == 2
    assert says in problems[0].says
    assert "secret" not in problems[0].says


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "must name the columns"),
        ("email\n", "nothing below it"),
        ("dana@example.com\n", "column 1 is not known"),
        ("email,email\na@b.c,\n", "column 2 is there twice"),
        ("law\ngdpr\n", "one of them must be email"),
        ("email,claim:email\na@b.c,x@y.z\n", "column 2 is not known"),
        ("email,claim:Robert'); --\na@b.c,x\n", "column 2 is not known"),
        (b"email\na@b.c\n\xe9@b.c\n", "Line 3 is not UTF-8"),
        ("email\na@b.c\n".encode("utf-16"), "UTF-16"),
        (b"email\na\x00@b.c\n", "no text has"),
        ('email\n"a@b.c\n', "does not end as it should"),
        (b"email\n" + b"x" * (2 * 1024 * 1024), "larger than 2 MB"),
        ("email\n" + "a@b.c\n" * (MOST_ROWS + 1), "more than 5000 lines"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(data, says):
    with pytest.raises(FileRefused, match=says) as refused:
        parse(data)
    assert "dana" not in str(refused.value)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_do_more_than_be_refused(junk):
    try:
        rows, problems = parse(b"email,reference\n" + junk)
    except FileRefused:
        return
    lines = [row.line for row in rows] + [each.line for each in problems]
    assert len(lines) == len(set(lines))
