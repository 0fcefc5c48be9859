"""`runbooks/alerts.md`: every runbook in one file, written so that reading it and writing it again gives the same.

A runbook is a heading of the second level, a short list of what it is for, and its text with each heading one level
lower; nothing in titles and facts is markup. The programme's own file, a list of bold sections under a heading, is
read as one runbook too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from portal.core.diagrams.markdown import plain, unescaped

from .runbook_text import RunbookError, canonical, parse

TITLE = "# Alert runbooks"
_RUNBOOK = re.compile(r"^##\s+(?P<title>[^#\n].*?)\s*$", re.MULTILINE)
_FACT = re.compile(r"- (?P<name>Key|Owner|For|Used by|Paged|Evidence): (?P<value>.*)")
_HEADING = re.compile(r"^(#{2,5})(?=\s)", re.MULTILINE)
_LOWER = re.compile(r"^#(#{2,5})(?=\s)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One runbook of the file; `used_by`, `paged` and `evidence`, an address, are for people and not read back."""

    key: str
    title: str
    markdown: str
    owner: str = ""
    meant_for: str = ""
    used_by: str = ""
    paged: str = ""
    evidence: str = ""


def write(entries: Iterable[Entry]) -> str:
    """The file over these runbooks.

    >>> text = write([Entry("late", "Late", "## Fix\\n\\n1. Rerun.\\n", owner="platform")])
    >>> text == write(read(text))
    True
    """
    parts = [TITLE, ""]
    for entry in entries:
        facts = (
            ("Key", f"`{entry.key}`"), ("Owner", plain(entry.owner)), ("For", plain(entry.meant_for)),
            ("Paged", plain(entry.paged)), ("Used by", plain(entry.used_by)),
            ("Evidence", f"[Entry]({entry.evidence})" if entry.evidence else ""),
        )  # fmt: skip
        parts += [f"## {plain(entry.title)}", "", *(f"- {name}: {value}" for name, value in facts if value), ""]
        parts += [_HEADING.sub(r"#\1", canonical(entry.markdown)), ""]
    return canonical("\n".join(parts))


def read(text: str) -> list[Entry]:
    """The runbooks of a file; raises RunbookError with the runbook's title for one that is none."""
    text = canonical(text)
    starts = list(_RUNBOOK.finditer(text))
    if not starts:
        raise RunbookError(
            "There is no runbook in it: each begins with a heading of the second level, as `## Late data`."
        )
    ends = [start.start() for start in starts[1:]] + [len(text)]
    found = [
        _entry(unescaped(start["title"]), text[start.end() : end]) for start, end in zip(starts, ends, strict=True)
    ]
    keys = [entry.key for entry in found]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise RunbookError(f"Two runbooks have the key {twice}.")
    return found


def slug(title: str) -> str:
    """A key made of a title.

    >>> slug("D) Alert Runbook (excerpt)")
    'd-alert-runbook-excerpt'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "runbook"


def _entry(title: str, body: str) -> Entry:
    facts: dict[str, str] = {}
    lines = body.strip("\n").split("\n")
    while lines and (found := _FACT.fullmatch(lines[0])):  # up to the empty line: what follows is the author's
        facts[found["name"]] = unescaped(found["value"].strip())
        del lines[0]
    markdown = canonical(_LOWER.sub(r"\1", "\n".join(lines)))
    try:
        parse(markdown)
    except RunbookError as error:
        raise RunbookError(f"{title}: {error}") from error
    key = facts.get("Key", "").strip("`") or slug(title)
    return Entry(key, title, markdown, facts.get("Owner", ""), facts.get("For", ""))
