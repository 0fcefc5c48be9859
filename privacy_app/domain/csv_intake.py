"""A file of requests, read line by line: RFC 4180 with comma or semicolon, UTF-8, a head line with known names.

Every refusal names the line and the column and never repeats a value: the page that shows it is no place for personal
data. Pure.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from privacy_app.domain.clocks import Law
from privacy_app.domain.notices import DEFAULT_LANGUAGE, LANGUAGES

MOST_ROWS = 5000
LARGEST = 2 * 1024 * 1024
LONGEST = 200
OLDEST = timedelta(days=366)
KNOWN = ("email", "second_email", "law", "language", "received_on", "reference")
CLAIM = re.compile(r"claim:([a-z][a-z0-9_]{0,39})")
NEVER = frozenset({"email", "email_address"})
IsAddress = Callable[[str], bool]


class FileRefused(ValueError):
    """The whole file cannot be read; the sentence says what is wrong and what to do."""


@dataclass(frozen=True)
class Row:
    """One request of the file; `line` is where it begins, counted from 1 with the head line."""

    line: int
    email: str
    second_email: str
    claims: Mapping[str, str]
    law: str
    language: str
    received_on: date | None
    reference: str


@dataclass(frozen=True)
class Problem:
    """Why a line is refused; it holds no value of the line."""

    line: int
    says: str


def read(data: bytes, today: date, is_address: IsAddress) -> tuple[list[Row], list[Problem]]:
    """The good rows and the refused lines of a file. Raises FileRefused where it cannot be read as a whole."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, cells, head in _lines(data):
        if len(rows) + len(problems) >= MOST_ROWS:
            raise FileRefused(f"The file has more than {MOST_ROWS} lines. Send it in parts.")
        said = _refusal(cells, head, today, is_address)
        if said:
            problems.append(Problem(line, said))
        else:
            rows.append(_row(line, cells))
    if not rows and not problems:
        raise FileRefused("The file has a head line and nothing below it.")
    return rows, problems


def _lines(data: bytes) -> Iterator[tuple[int, dict[str, str], int]]:
    """Line number, cells by column and how many cells too many or too few each line has; blank lines are left out."""
    text = _text(data)
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        head = _head(next(reader, []))
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if any(each.strip() for each in cells):
                named = dict(zip(head, (each.strip() for each in cells), strict=False))
                yield line, named, len(cells) - len(head)
    except csv.Error:
        raise FileRefused(
            f"Near line {reader.line_num} a quoted cell does not end as it should. Save the file again as CSV."
        ) from None


def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise FileRefused("The file is larger than 2 MB. Send it in parts.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FileRefused("The file is UTF-16. Save it as CSV UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileRefused(f"Line {line} is not UTF-8. Save the file as CSV UTF-8.") from None
    if "\x00" in text:
        raise FileRefused("The file holds bytes that no text has. Save it as CSV UTF-8.")
    return text


def _head(cells: list[str]) -> list[str]:
    head = [each.strip().lower() for each in cells]
    for number, name in enumerate(head, 1):
        claim = CLAIM.fullmatch(name)
        if (name not in KNOWN and not claim) or (claim and claim[1] in NEVER):
            raise FileRefused(
                f"The head line's column {number} is not known. There are {', '.join(KNOWN)} and claim:KIND, "
                "for example claim:customer_id."
            )
        if name in head[: number - 1]:
            raise FileRefused(f"The head line's column {number} is there twice.")
    if "email" not in head:
        raise FileRefused("The first line must name the columns, and one of them must be email.")
    return head


def _refusal(cells: Mapping[str, str], off: int, today: date, is_address: IsAddress) -> str:
    """Why a line cannot be taken; empty where it can."""
    if off:
        return f"has {abs(off)} cell{'s' * (abs(off) != 1)} too {'many' if off > 0 else 'few'}"
    longest = next((name for name, value in cells.items() if len(value) > LONGEST), "")
    checks = (
        (bool(longest), f"{longest} is longer than {LONGEST} characters"),
        (any(not each.isprintable() for each in cells.values()), "holds characters that cannot be printed"),
        (not is_address(cells["email"]), "email is not an e-mail address"),
        (bool(cells.get("second_email")) and not is_address(cells["second_email"]), "second_email is not an address"),
        (cells.get("law", "").lower() not in ("", *Law), f"law is none of {', '.join(Law)}"),
        (cells.get("language", "").lower() not in ("", *LANGUAGES), "language is none that letters are written in"),
        (not _is_day(cells.get("received_on", ""), today), "received_on is no day of the last year, as YYYY-MM-DD"),
    )
    return next((says for wrong, says in checks if wrong), "")


def _is_day(text: str, today: date) -> bool:
    if not text:
        return True
    try:
        return today - OLDEST <= date.fromisoformat(text) <= today
    except ValueError:
        return False


def _row(line: int, cells: Mapping[str, str]) -> Row:
    claims = {match[1]: value for name, value in cells.items() if value and (match := CLAIM.fullmatch(name))}
    day = cells.get("received_on", "")
    return Row(
        line=line,
        email=cells["email"],
        second_email=cells.get("second_email", ""),
        claims=claims,
        law=cells.get("law", "").lower() or Law.GDPR.value,
        language=cells.get("language", "").lower() or DEFAULT_LANGUAGE,
        received_on=date.fromisoformat(day) if day else None,
        reference=cells.get("reference", ""),
    )
