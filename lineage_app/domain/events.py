"""Reading one OpenLineage event: the envelope typed, the facets untouched.

RunEvent, JobEvent and DatasetEvent (spec 1-0-0 to 2-0-2) are told apart by their shape: schemaURL is only
a hint and often missing. What real producers get wrong is accepted and marked lenient; what cannot be
placed in a graph is refused with a sentence. No URL of an event is ever fetched.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from lineage_app.domain.names import DECLARING, NAME_CHARACTERS, Name, run_key, static_key
from lineage_app.domain.times import event_time

_NO_FACETS = msgspec.Raw(b"")
_DELETED_NULL = re.compile(rb'"_deleted"\s*:\s*null\b')
EVENT_TYPES = frozenset({"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"})


class EventRefused(ValueError):
    """The body is no OpenLineage event; the text says where and what to do, `reason` is its key in REFUSALS."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class Kind(StrEnum):
    """The three kinds of event."""

    RUN = "run"
    JOB = "job"
    DATASET = "dataset"


class RawDataset(msgspec.Struct, rename="camel"):
    """One dataset as sent."""

    namespace: str
    name: str
    facets: msgspec.Raw = _NO_FACETS
    input_facets: msgspec.Raw = _NO_FACETS
    output_facets: msgspec.Raw = _NO_FACETS

    @property
    def full_name(self) -> Name:
        """Return its name."""
        return Name(self.namespace, self.name)


class RawRun(msgspec.Struct, rename="camel"):
    """The run as sent."""

    run_id: str
    facets: msgspec.Raw = _NO_FACETS


class RawJob(msgspec.Struct):
    """The job as sent."""

    namespace: str
    name: str
    facets: msgspec.Raw = _NO_FACETS


class _Envelope(msgspec.Struct, rename={"schema_url": "schemaURL"}):
    event_time: str = msgspec.field(name="eventTime")
    event_type: str | None = msgspec.field(name="eventType", default=None)
    producer: str | None = None
    schema_url: str | None = None
    run: RawRun | None = None
    job: RawJob | None = None
    dataset: RawDataset | None = None
    inputs: list[RawDataset] | None = None
    outputs: list[RawDataset] | None = None


_DECODER = msgspec.json.Decoder(_Envelope)


@dataclass(frozen=True, slots=True)
class Event:
    """An event whose envelope is understood. `subject` is what it accumulates under: the run, or the
    static name.
    """

    kind: Kind
    time: datetime
    type: str
    subject: UUID
    run: RawRun | None
    job: RawJob | None
    inputs: tuple[RawDataset, ...]
    outputs: tuple[RawDataset, ...]
    lenient: tuple[str, ...]
    producer: str = ""

    @property
    def job_name(self) -> Name | None:
        """Return the job's name, None for a DatasetEvent."""
        return Name(self.job.namespace, self.job.name) if self.job else None

    def namespaces(self) -> set[str]:
        """Return the namespaces of the envelope; `spoken.namespaces` adds those of the facets that draw."""
        spoken = {item.namespace for item in (*self.inputs, *self.outputs)}
        return spoken | {self.job.namespace} if self.job else spoken


def body_digest(body: bytes) -> bytes:
    """Return the 32 bytes that tell this body from any other: the idempotency key of a retry."""
    return hashlib.sha256(body).digest()


def read_facets(raw: msgspec.Raw) -> dict[str, Any]:
    """Return the facets by key, `{}` for none; the key identifies a facet, its _schemaURL does not.

    The answer is shared with whoever reads the same bytes: do not change it.
    """
    text = bytes(raw)
    return _decode_facets(text) if len(text) > _REMEMBERED_BYTES else _remembered_facets(text)


def _decode_facets(text: bytes) -> dict[str, Any]:
    found = msgspec.json.decode(text) if text else None
    return found if isinstance(found, dict) else {}


# runs of a job repeat their facets; bounded in number and size, so that memory is
_REMEMBERED_BYTES = 8_192
_remembered_facets = lru_cache(2_048)(_decode_facets)


def parse(body: bytes) -> Event:
    """Return the event in `body`, the unpacked bytes of a request or one item of a batch.

    Raises EventRefused with a sentence: not UTF-8, not JSON, a wrong type, a missing field, an unknown shape.
    """
    envelope = _decode(body)
    try:
        moment, marks = event_time(envelope.event_time)
    except ValueError as error:
        raise EventRefused(str(error), "time") from error
    marks += tuple(f"no {word}" for word, value in _wanted(envelope) if not value) + _facet_marks(envelope, body)
    if envelope.run is not None and envelope.job is not None:
        event = _run_event(envelope, moment, marks)
    elif envelope.job is not None:
        event = _static(Kind.JOB, envelope, moment, marks)
    elif envelope.dataset is not None:
        event = _static(Kind.DATASET, envelope, moment, marks)
    else:
        sentence = "The event has neither job nor dataset: send run and job, job alone, or dataset alone."
        raise EventRefused(sentence, "shape")
    _check_names(event)
    return event


def _decode(body: bytes) -> _Envelope:
    try:
        body.decode()
        return _DECODER.decode(body)
    except UnicodeDecodeError as error:
        raise EventRefused(f"The body is not UTF-8 at byte {error.start}: send JSON in UTF-8.", "utf8") from error
    except msgspec.ValidationError as error:
        reason = "missing" if "missing required field" in str(error) else "field"
        raise EventRefused(f"The event does not fit OpenLineage: {error}. Correct that field.", reason) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise EventRefused(f"The body is not JSON: {error}. Send one OpenLineage event as JSON.", "json") from error


def _wanted(envelope: _Envelope) -> tuple[tuple[str, str | None], ...]:
    return ("producer", envelope.producer), ("schemaURL", envelope.schema_url)


def _facet_marks(envelope: _Envelope, body: bytes) -> tuple[str, ...]:
    """Return what is lenient about the facets, looking closer only where the text holds the word.

    >>> parse(b'{"eventTime": "2026-03-01T10:00:00Z", "job": {"namespace": "n", "name": "j", '
    ...       b'"facets": {"sql": {"_deleted": null}}}}').lenient[-1]
    '_deleted is null'
    """
    marks: tuple[str, ...] = ("_deleted is null",) if b'"_deleted"' in body and _DELETED_NULL.search(body) else ()
    if b'"parentRun"' in body and envelope.run is not None and "parentRun" in read_facets(envelope.run.facets):
        marks += ("legacy key parentRun",)
    return marks


def _run_event(envelope: _Envelope, moment: datetime, marks: tuple[str, ...]) -> Event:
    assert envelope.run is not None
    subject, made = run_key(envelope.run.run_id)
    kind = (envelope.event_type or "OTHER").upper()
    marks += ("run id is not a UUID",) if made else ()
    marks += ("eventType in lower case",) if envelope.event_type and kind != envelope.event_type else ()
    if kind not in EVENT_TYPES:
        kind, marks = "OTHER", (*marks, "unknown eventType")
    inputs, outputs = tuple(envelope.inputs or ()), tuple(envelope.outputs or ())
    run, job, producer = envelope.run, envelope.job, envelope.producer or ""
    return Event(Kind.RUN, moment, kind, subject, run, job, inputs, outputs, marks, producer)


def _static(kind: Kind, envelope: _Envelope, moment: datetime, marks: tuple[str, ...]) -> Event:
    if kind is Kind.JOB:
        assert envelope.job is not None
        name = Name(envelope.job.namespace, envelope.job.name)
        inputs, outputs = tuple(envelope.inputs or ()), tuple(envelope.outputs or ())
    else:
        assert envelope.dataset is not None
        name, inputs, outputs = envelope.dataset.full_name, (), (envelope.dataset,)
    producer = envelope.producer or ""
    subject = static_key("declared" if kind is Kind.JOB and producer == DECLARING else kind, name)
    return Event(kind, moment, "STATIC", subject, None, envelope.job, inputs, outputs, marks, producer)


def _check_names(event: Event) -> None:
    items: list[RawDataset | RawJob] = [*event.inputs, *event.outputs]
    items += [event.job] if event.job else []
    for item in items:
        if not item.name:
            raise EventRefused("A job or dataset of the event has an empty name: name it.", "name")
        if len(item.namespace) > NAME_CHARACTERS or len(item.name) > NAME_CHARACTERS:
            raise EventRefused(f"A name of the event has over {NAME_CHARACTERS} characters: shorten it.", "name")
