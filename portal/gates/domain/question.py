"""The question that a pipeline asks, read from JSON: each text bounded, each refusal a sentence that names its key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MOST_ENTRIES, MOST_EVENTS, MOST_CONTENT = 500, 2_000, 1024 * 1024
_URL = re.compile(r"https?://[^\s\"'<>]{1,1900}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class QuestionRefused(ValueError):
    """The question cannot be read; the text names the key and what to send instead."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that the job writes or reads, as its custody.yaml says it; `content` is the contract file's text."""

    asset: str = ""
    contract: str = ""
    version: str = ""
    file: str = ""
    line: int = 0
    digest: str = ""
    content: str = ""

    @property
    def label(self) -> str:
        """How a person names it."""
        return " ".join(filter(None, (self.contract or self.asset or self.file, self.version)))


@dataclass(frozen=True, slots=True)
class Question:
    """May this job be deployed from this commit and image?"""

    namespace: str
    name: str
    commit: str = ""
    branch: str = ""
    image: str = ""
    ci_url: str = ""
    command: str = ""
    file: str = ""
    writes: tuple[Subject, ...] = ()
    reads: tuple[Subject, ...] = ()
    events: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def job(self) -> str:
        """Namespace and name as one string."""
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Record:
    """A deploy that went through without a verdict, told afterwards."""

    id: str
    at: datetime
    why: str
    question: Question


def read_question(body: bytes | str) -> Question:
    """The question in a JSON body; raises QuestionRefused.

    >>> read_question('{"job": {"namespace": "shop", "name": "nightly"}, "writes": [{"asset": "a"}]}').job
    'shop/nightly'
    >>> read_question('{"job": {}}')
    Traceback (most recent call last):
    ...
    portal.gates.domain.question.QuestionRefused: `job.namespace` is missing.
    """
    return _question(_decoded(body))


def read_record(body: bytes | str) -> Record:
    """The record in a JSON body; raises QuestionRefused."""
    data = _decoded(body)
    try:
        at = datetime.fromisoformat(_text(data, "at", 40, needed=True))
    except ValueError:
        raise QuestionRefused("`at` must be a time in ISO 8601, such as 2026-01-01T12:00:00+00:00.") from None
    if at.tzinfo is None:
        raise QuestionRefused("`at` must say its time zone.")
    return Record(_text(data, "id", 36, needed=True), at, _text(data, "why", 1000), _question(_dict(data, "request")))


def _question(data: dict[str, Any]) -> Question:
    job = _dict(data, "job")
    url = _text(data, "ci_url", 2000)
    return Question(
        namespace=_text(job, "namespace", 500, needed=True, under="job."),
        name=_text(job, "name", 200, needed=True, under="job."),
        commit=_text(data, "commit", 64),
        branch=_text(data, "branch", 250),
        image=_text(data, "image", 500),
        ci_url=url if _URL.fullmatch(url) else "",
        command=_text(data, "command", 2000),
        file=_text(data, "file", 500),
        writes=_subjects(data, "writes"),
        reads=_subjects(data, "reads"),
        events=_events(data),
    )


def _decoded(body: bytes | str) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise QuestionRefused("The body is not JSON. Send what `custody gate` sends (docs/gate.md).") from None
    if not isinstance(data, dict):
        raise QuestionRefused("The body must be a JSON object.")
    return data


def _subjects(data: dict[str, Any], key: str) -> tuple[Subject, ...]:
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise QuestionRefused(f"`{key}` must be a list of objects.")
    if len(found) > MOST_ENTRIES:
        raise QuestionRefused(f"`{key}` may name {MOST_ENTRIES} things at most.")
    return tuple(_subject(one, f"{key}[{n}].") for n, one in enumerate(found))


def _subject(data: dict[str, Any], under: str) -> Subject:
    words = {word: _text(data, word, 1600, under=under) for word in ("asset", "contract", "version", "file", "digest")}
    if not (words["asset"] or words["contract"]):
        raise QuestionRefused(f"`{under[:-1]}` names neither a contract nor an asset.")
    line = data.get("line", 0)
    if not isinstance(line, int) or isinstance(line, bool) or not 0 <= line < 2_000_000:
        raise QuestionRefused(f"`{under}line` must be a line number.")
    return Subject(**words, line=line, content=_text(data, "content", MOST_CONTENT, under=under, lines=True))


def _events(data: dict[str, Any]) -> tuple[bytes, ...]:
    found = data.get("events", [])
    if not isinstance(found, list) or len(found) > MOST_EVENTS:
        raise QuestionRefused(f"`events` must be a list of at most {MOST_EVENTS} OpenLineage events.")
    return tuple(json.dumps(event).encode() for event in found)


def _dict(data: dict[str, Any], key: str) -> dict[str, Any]:
    found = data.get(key)
    if not isinstance(found, dict):
        raise QuestionRefused(f"`{key}` must be an object.")
    return found


def _text(
    data: dict[str, Any], key: str, longest: int, *, needed: bool = False, under: str = "", lines: bool = False
) -> str:
    found = data.get(key)
    if found in (None, ""):
        if needed:
            raise QuestionRefused(f"`{under}{key}` is missing.")
        return ""
    if not isinstance(found, str):
        raise QuestionRefused(f"`{under}{key}` must be text.")
    if len(found) > longest:
        raise QuestionRefused(f"`{under}{key}` has more than {longest} characters.")
    if _UNSTORABLE.search(found) or (not lines and _CONTROL.search(found)):
        raise QuestionRefused(f"`{under}{key}` holds characters that no such text has.")
    return found
