r"""Regular expressions that mean the same in PostgreSQL and in DuckDB, spelled for each; others are refused.

PostgreSQL matches "advanced" expressions of its own, DuckDB RE2. They agree on a core. What is written alike and means
different things (`\b` is a backspace in one and a word boundary in the other) or exists in one engine only
(look-ahead, `\p{L}`) is not guessed at: the rule is then "not supported", with the construct named.
Sources: PostgreSQL 18 manual, 9.7.3; RE2 syntax, github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re

MAX_REPEAT = 255  # PostgreSQL's bound; RE2's is 1000
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}
_SAME = set("tnrfv")
_REPEAT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")


class NotPortable(ValueError):
    """A construct on which the engines differ; the sentence names it and what to write instead."""


def spelled(pattern: str, dialect: str) -> str:
    """The pattern in the dialect's spelling; raises NotPortable.

    Shorthand classes are written out in ASCII, and `.` is made to match a line break in neither engine.

    >>> spelled(r"^\\d{2}.$", "postgres"), spelled(r"[\\w-]+", "duckdb")
    ('^[0-9]{2}[^\\\\n]$', '[A-Za-z0-9_-]+')
    """
    if pattern.startswith("***"):
        raise NotPortable("a leading *** is an option of PostgreSQL alone")
    out: list[str] = []
    at = 0
    while at < len(pattern):
        piece, at = _piece(pattern, at)
        out.append(piece)
    del dialect  # today one spelling serves both; callers name the dialect so that this may change
    return "".join(out)


def _piece(pattern: str, at: int) -> tuple[str, int]:
    """The next construct, spelled, and where the one after it begins."""
    char = pattern[at]
    if char == "\\":
        return _escape(pattern, at, inside=False)
    if char == "[":
        return _bracket(pattern, at)
    if char == "(":
        return _group(pattern, at)
    if char == "{":
        return _repeat(pattern, at)
    if char in "*+?" and pattern[at + 1 : at + 2] == "+":
        raise NotPortable(f"`{char}+` (possessive) is in neither engine; write `{char}`")
    return (r"[^\n]" if char == "." else char), at + 1


def _escape(pattern: str, at: int, *, inside: bool) -> tuple[str, int]:
    char = pattern[at + 1 : at + 2]
    if not char:
        raise NotPortable("it ends in a single backslash")
    if char.lower() in _CLASSES:
        if char.isupper() and inside:
            raise NotPortable(f"`\\{char}` inside brackets; write the characters out")
        listed = _CLASSES[char.lower()]
        return (listed if inside else f"[{'^' if char.isupper() else ''}{listed}]"), at + 2
    if char in _SAME or (char.isascii() and not char.isalnum() and char != "_"):
        return f"\\{char}", at + 2
    raise NotPortable(f"`\\{char}` means different things to the engines, or is unknown to one")


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """`[…]`: ranges and single characters; no POSIX classes, whose members depend on the locale."""
    out, position = ["["], at + 1
    for first in ("^", "]"):
        if pattern[position : position + 1] == first:
            out.append(first if first == "^" else r"\]")
            position += 1
    while (char := pattern[position : position + 1]) != "]":
        if not char:
            raise NotPortable("a bracket is not closed")
        if char == "[":
            if pattern[position + 1 : position + 2] in (":", ".", "="):
                raise NotPortable("a POSIX class such as `[:alpha:]` depends on the locale; write `A-Za-z`")
            char = r"\["
        piece, position = _escape(pattern, position, inside=True) if char == "\\" else (char, position + 1)
        out.append(piece)
    return "".join([*out, "]"]), position + 1


def _group(pattern: str, at: int) -> tuple[str, int]:
    if pattern.startswith("(?:", at):
        return "(?:", at + 3
    if pattern.startswith("(?", at):
        raise NotPortable(f"`{pattern[at : at + 4]}…` (look-around, options and names) is not in both engines")
    return "(", at + 1


def _repeat(pattern: str, at: int) -> tuple[str, int]:
    found = _REPEAT.match(pattern, at)
    if found is None:
        raise NotPortable("a `{` that is no repetition; write `\\{`")
    if max(int(number) for number in (found[1], found[3] or "0")) > MAX_REPEAT:
        raise NotPortable(f"a repetition of more than {MAX_REPEAT}")
    return found[0], found.end()
