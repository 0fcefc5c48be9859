"""A runbook as markdown: Trigger, Triage, Fix, Verify and Rollback, each a list of steps.

Two ways of writing it are read: a heading for each section with its steps as a list, and the programme's own list of
`* **Triage:** one → two → three`. Text before the first section is the runbook's introduction. Nothing of it is ever
taken as HTML: a step is text, `code`, **strong** and links to http and https, and everything else is shown as written.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

SECTIONS = ("Trigger", "Triage", "Fix", "Verify", "Rollback")
_HEADING = re.compile(r"#{1,6}\s+(?P<name>[^#\n]+?)\s*#*\s*")
_BOLD = re.compile(r"(?:[-*+]|\d+[.)])?\s*\*\*(?P<name>[A-Za-z ]+?):?\*\*:?\s*(?P<text>.*)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?P<text>.+)")
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|\[(?P<label>[^\]]+)\]\((?P<url>https?://[^\s)<>\"']+)\)"
)


class RunbookError(ValueError):
    """What is written is no runbook; the sentence says where, and what to write."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, and the section that it belongs to."""

    phase: str
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A runbook's introduction and its steps in order."""

    intro: str
    steps: tuple[Step, ...]
    missing: tuple[str, ...] = field(default=())

    def as_json(self) -> list[dict[str, str]]:
        """The steps as an SLO and an incident keep them."""
        return [{"phase": step.phase, "text": step.text} for step in self.steps]


def parse(markdown: str) -> Parsed:
    """Read a runbook; raises RunbookError for one without a step or with a section that is none.

    >>> found = parse("* **Trigger:** Freshness > 20 min\\n* **Fix:** Rerun the job → backfill")
    >>> [(step.phase, step.text) for step in found.steps]
    [('Trigger', 'Freshness > 20 min'), ('Fix', 'Rerun the job'), ('Fix', 'backfill')]
    >>> found.missing
    ('Triage', 'Verify', 'Rollback')
    >>> parse("Intro.\\n\\n## Fix\\n1. Rerun\\n   it.\\n2. Look").steps[0].text
    'Rerun it.'
    """
    intro: list[str] = []
    steps: list[Step] = []
    section = ""
    for number, line in enumerate(canonical(markdown).splitlines(), 1):
        name, rest = _section_of(line)
        if name:
            section = _known(name, number)
            steps += _split(section, rest)
        elif not section:
            intro.append(line)
        elif line.strip():
            _take(steps, section, line)
    if not steps:
        raise RunbookError(
            f"It has no step. Write a heading for each of {', '.join(SECTIONS)} and the steps as a list."
        )
    there = {step.phase for step in steps}
    missing = tuple(name for name in SECTIONS if name not in there)
    return Parsed("\n".join(intro).strip(), tuple(steps), missing)


def canonical(markdown: str) -> str:
    """The same text with one kind of line end, no trailing blanks, and one empty line at most between two.

    >>> canonical("a  \\r\\n\\r\\n\\r\\nb")
    'a\\n\\nb\\n'
    """
    lines = [line.rstrip() for line in markdown.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def written(steps: Sequence[dict[str, str]]) -> str:
    """Steps as markdown, section by section in the order in which they stand.

    >>> written([{"phase": "Fix", "text": "Rerun."}, {"phase": "Fix", "text": "Look."}])
    '## Fix\\n\\n1. Rerun.\\n2. Look.\\n'
    """
    parts: list[str] = []
    for phase in dict.fromkeys(step["phase"] for step in steps):
        texts = [step["text"] for step in steps if step["phase"] == phase]
        parts += [f"## {phase}", "", *(f"{n}. {text}" for n, text in enumerate(texts, 1)), ""]
    return canonical("\n".join(parts))


def inline(text: str) -> Iterator[tuple[str, str, str]]:
    """The parts of a step as (kind, text, address); kinds are text, code, strong and link.

    >>> list(inline("Run `make` on [it](https://ci.example/x)."))[1:4]
    [('code', 'make', ''), ('text', ' on ', ''), ('link', 'it', 'https://ci.example/x')]
    >>> list(inline("[x](javascript:alert(1)) <b>"))
    [('text', '[x](javascript:alert(1)) <b>', '')]
    """
    at = 0
    for found in _INLINE.finditer(text):
        if found.start() > at:
            yield "text", text[at : found.start()], ""
        if found["url"]:
            yield "link", found["label"], found["url"]
        else:
            yield ("code", found["code"], "") if found["code"] else ("strong", found["strong"], "")
        at = found.end()
    if at < len(text):
        yield "text", text[at:], ""


def differences(old: str, new: str) -> list[tuple[str, str]]:
    """The lines of both as (mark, line): `same`, `removed` or `added`, with three lines around each change.

    >>> differences("a\\nb\\n", "a\\nc\\n")
    [('same', 'a'), ('removed', 'b'), ('added', 'c')]
    """
    marks = {" ": "same", "-": "removed", "+": "added"}
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3)
    return [(marks[line[0]], line[1:]) for line in lines if line[0] in marks and not line.startswith(("---", "+++"))]


def _section_of(line: str) -> tuple[str, str]:
    """The section that a line begins and what follows on it; empty where it begins none."""
    if heading := _HEADING.fullmatch(line):
        return heading["name"].strip("*: "), ""
    if (bold := _BOLD.fullmatch(line)) and bold["name"].strip().capitalize() in SECTIONS:
        return bold["name"].strip(), bold["text"]
    return "", ""


def _known(name: str, number: int) -> str:
    found = name.strip().capitalize()
    if found not in SECTIONS:
        raise RunbookError(f"Line {number}: “{name}” is no section of a runbook; use {', '.join(SECTIONS)}.")
    return found


def _take(steps: list[Step], section: str, line: str) -> None:
    item = _ITEM.fullmatch(line)
    if item:
        steps.append(Step(section, item["text"].strip()))
    elif steps and steps[-1].phase == section and line.startswith("  "):
        steps[-1] = Step(section, f"{steps[-1].text} {line.strip()}")
    else:
        steps += _split(section, line.strip())


def _split(section: str, text: str) -> list[Step]:
    return [Step(section, part.strip()) for part in text.split("→") if part.strip()]
