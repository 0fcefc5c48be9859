"""Records in batches, as `POST /api/v1/suppression/check` takes them; answers in their order."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from portal.client.answers import PortalAway, as_object
from portal.client.portal import Portal

Row = TypeVar("Row", bound=Mapping[str, Any])
BATCH = 1000  # records that the API takes at once
BYTES = 400_000  # and what it takes in one body, less a margin
TRIES = 8  # a token that asked too often is told to wait up to a minute, ten seconds at a time


@dataclass(frozen=True)
class Asked:
    """One identifier of a record, and when the record's event happened (with its zone)."""

    kind: str
    value: str = field(repr=False)
    event_time: datetime

    def written(self) -> dict[str, str]:
        """The record as the API reads it. Raises ValueError for a time without a zone, or an empty value."""
        if self.event_time.tzinfo is None:
            raise ValueError("The event_time of a record has no zone: say which, or its age cannot be judged.")
        if not self.value.strip():
            raise ValueError(f"A record has an empty {self.kind}: leave it out, there is nobody to ask about.")
        return {"kind": self.kind, "value": self.value, "event_time": self.event_time.isoformat()}


def suppressed(records: Iterable[Asked], *, portal: Portal) -> Iterator[bool]:
    """For each record, in order: was its subject erased after the record's event? Such a record is not let in.

    Asked in batches while they are consumed. Raises PortalAway where nobody answers (then nothing may be let in),
    PortalRefused where the token lacks the scope `suppression:check`, ValueError for a record that cannot be judged.
    """
    patient = replace(portal, tries=max(portal.tries, TRIES))
    for batch in _batches(each.written() for each in records):
        body = json.dumps({"records": batch}).encode()
        said = as_object(patient.post("suppression/check", body, "application/json")).get("suppressed")
        if not isinstance(said, list) or len(said) != len(batch) or not all(isinstance(each, bool) for each in said):
            raise PortalAway("What answered is not the portal's API: it sent another number of answers than was asked.")
        yield from said


def let_in(
    rows: Iterable[Row],
    identifiers: Mapping[str, str],
    event_time: str | Callable[[Row], datetime],
    *,
    portal: Portal | None = None,
) -> Iterator[Row]:
    """The rows whose person was not erased after their event, in order.

    `identifiers` says which field holds which kind (`{"email": "mail"}`). A row is left out where any of them is
    suppressed; one whose fields are all empty names nobody and stays. `event_time` is a field or a function, giving an
    aware datetime. `portal` is taken from the environment where none is given. Raises as `suppressed` does.
    """
    asked = portal or portal_from_environment()
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        questions = [
            (number, each) for number, row in enumerate(batch) for each in _asked(row, identifiers, event_time)
        ]
        answers = suppressed((each for _, each in questions), portal=asked)
        gone = {number for (number, _), is_gone in zip(questions, answers, strict=True) if is_gone}
        yield from (row for number, row in enumerate(batch) if number not in gone)


def portal_from_environment(environment: Mapping[str, str] = os.environ) -> Portal:
    """The portal by CUSTODY_URL, CUSTODY_TOKEN or CUSTODY_TOKEN_FILE. Raises ValueError for one that is not set."""
    file = environment.get("CUSTODY_TOKEN_FILE", "")
    token = Path(file).read_text(encoding="ascii").strip() if file else environment.get("CUSTODY_TOKEN", "")
    return Portal(environment.get("CUSTODY_URL", ""), token)


def _asked(row: Row, identifiers: Mapping[str, str], event_time: str | Callable[[Row], datetime]) -> Iterator[Asked]:
    at = row[event_time] if isinstance(event_time, str) else event_time(row)
    for kind, name in identifiers.items():
        if (value := row[name]) is not None and str(value).strip():
            yield Asked(kind, str(value), at)


def _batches(records: Iterable[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    """As many at once as the API takes, by number and by size."""
    batch: list[dict[str, str]] = []
    size = 0
    for each in records:
        length = len(json.dumps(each)) + 2
        if batch and (len(batch) == BATCH or size + length > BYTES):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += length
    if batch:
        yield batch
