"""Keeping the erased from coming back: which records of a batch belong to somebody who was erased after them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from privacy_app import sealing, selectors


class BadRecord(ValueError):
    """A record of the batch lacks something; the sentence counts which one and never repeats it."""


def check(records: Sequence[dict[str, Any]]) -> list[bool]:
    """One answer a record: True where its event lies before the subject's erasure; what is newer is let through."""
    read = [_read(number, record) for number, record in enumerate(records)]
    erased = selectors.suppressed([token for token, _ in read])
    return [token in erased and at < erased[token] for token, at in read]


def _read(number: int, record: dict[str, Any]) -> tuple[str, datetime]:
    kind, value, said = record.get("kind"), record.get("value"), record.get("event_time")
    if not (isinstance(kind, str) and isinstance(value, str) and isinstance(said, str)):
        raise BadRecord(f"Record {number} lacks kind, value or event_time as text.")
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise BadRecord(f"Record {number} has an event_time that is not RFC 3339.") from None
    if at.tzinfo is None:
        raise BadRecord(f"Record {number} has an event_time without its zone.")
    return sealing.suppression_token(kind, value), at
