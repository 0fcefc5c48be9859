"""The clock of a post-mortem, and the text that it starts from: blameless, its timeline filled in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

REMIND_AFTER = timedelta(hours=12)
DUE_AFTER = timedelta(hours=24)
SECTIONS = (
    ("Impact", "Who or what got wrong or late data, and for how long?"),
    ("Cause", "What made it possible? Ask why until the answer is no person."),
    ("What helped, and what hindered", "Was it seen in time? Was the runbook right?"),
    ("What will be different", "One line each: what, who, until when."),
)


def draft(
    *, title: str, timeline: Iterable[tuple[datetime, str]], cause: str = "", followed: Sequence[str] = ()
) -> str:
    """The text to start from: a heading, the timeline, and questions; what is known is filled in.

    >>> from datetime import UTC
    >>> fired = datetime(2026, 1, 1, tzinfo=UTC), "Fired."
    >>> draft(title="INC-1: Freshness of orders", timeline=[fired]).splitlines()[:4]
    ['INC-1: Freshness of orders', '', 'Timeline (UTC)', '- 2026-01-01 00:00:00 Fired.']
    """
    lines = [title, "", "Timeline (UTC)", *(f"- {at:%Y-%m-%d %H:%M:%S} {text}" for at, text in timeline)]
    known = {"Cause": cause, "Impact": "".join(f"- Also fired downstream: {each}\n" for each in followed).rstrip()}
    for section, question in SECTIONS:
        lines += ["", section, f"({question})", *([known[section]] if known.get(section) else [])]
    return "\n".join(lines)


def unanswered(text: str) -> list[str]:
    """The sections in which nothing stands but their question.

    >>> unanswered(chr(10).join(["Impact", "Nobody saw it."]))
    ['Cause', 'What helped, and what hindered', 'What will be different']
    """
    own = [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    questions = {f"({question})" for _, question in SECTIONS}
    names = [section for section, _ in SECTIONS]
    if not any(line in names or line in questions for line in own):
        return []  # written freely, not by the template
    answered, section = set(), ""
    for line in own:
        if line in names:
            section = line
        elif line not in questions:
            answered.add(section)
    return [name for name in names if name not in answered]
