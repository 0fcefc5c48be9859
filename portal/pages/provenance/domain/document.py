"""An answer as a JSON document, `custody-provenance@v1` (docs/provenance.schema.json). Plain Python.

It holds no fraction, no name of a person and no value of a parameter: a document is kept for years, and an erasure must
not miss what it took along. A text that looks like an e-mail address is left out as well. Signers are opaque ids.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from portal.core.evidence.domain.leaves import timestamp
from portal.pages.provenance.domain.answer import (
    Agreement,
    Answer,
    Erasures,
    Gap,
    Level,
    Reading,
    RunFacts,
    Subject,
)
from portal.pages.provenance.domain.sentences import five

FORMAT = "custody-provenance@v1"
LEFT_OUT = "(left out: it looks like a person's address)"
_EMAIL = re.compile(r"[^\s@<>/]+(?:@|%40)[^\s@<>]+\.[^\s@<>]+")

Json = dict[str, Any]


def document_of(answer: Answer) -> Json:
    """The answer as a document, in the order of the page."""
    document: Json = scrubbed(
        {
            "format": FORMAT,
            "question": str(answer.question),
            "as_of": timestamp(answer.at),
            "known_at": _when(answer.known_at),
            "asked_at": timestamp(answer.asked_at),
            "subject": _subject(answer.subject),
            "answers": {each.question.lower(): each.text for each in five(answer, named=False)},
            "run": _run(answer.run) if answer.run else None,
            "inputs": [_reading(each) for each in answer.readings],
            "inputs_whole": answer.whole,
            "sources": answer.sources,
            "upstream_datasets": answer.upstream,
            "contracts": [_agreement(each) for each in answer.agreements],
            "slos": [_level(each) for each in answer.levels],
            "deletions_since": [_erasures(each) for each in answer.erasures],
            "gaps": [_gap(each) for each in answer.gaps],
            "not_covered": list(answer.not_covered),
        }
    )
    return document


def scrubbed(value: Any) -> Any:
    """The value with every text that looks like an e-mail address left out.

    >>> scrubbed({"name": ["exports/ana@example.com.csv", "lake/orders"]})
    {'name': ["exports/(left out: it looks like a person's address)", 'lake/orders']}
    """
    if isinstance(value, dict):
        return {key: scrubbed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [scrubbed(each) for each in value]
    return _EMAIL.sub(LEFT_OUT, value) if isinstance(value, str) else value


def _when(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None


def _subject(subject: Subject) -> Json:
    names = ("kind", "label", "dataset", "version", "output_id", "output_digest", "product", "owner", "url")
    return {name: getattr(subject, name) for name in names} | {
        "places": list(subject.places),
        "writes": [{"dataset": name, "version": version} for name, version, _ in subject.writes],
    }


def _run(run: RunFacts) -> Json:
    names = ("run_id", "job", "status", "revision", "repository", "path", "branch", "image", "engine", "nominal", "url")
    return {name: getattr(run, name) for name in names} | {
        "started_at": _when(run.started_at),
        "ended_at": _when(run.ended_at),
        "took_ms": run.took_ms,
        "parameters": [name for name, _ in run.parameters],
        "begun_by": run.begun_by,
        "told_by": list(run.brought_by),
    }


def _reading(each: Reading) -> Json:
    return {
        "dataset": each.dataset,
        "version": each.version,
        "distance": each.distance,
        "read_at": timestamp(each.read_at),
        "read_by": each.consumer,
        "how": each.how,
        "state": each.state[0],
        "owner": each.owner,
        "written_by": _run(each.writer) if each.writer else None,
        "url": each.url,
    }


def _agreement(each: Agreement) -> Json:
    return {
        "asset": each.asset,
        "read_at": timestamp(each.at),
        "state": each.state[0],
        "contract": each.contract,
        "version": each.version,
        "canonical_hash": each.digest,
        "in_force_since": _when(each.since),
        "signatures": [
            {"role": s.role, "person": s.person, "signed_at": timestamp(s.at), "method": s.method} for s in each.signed
        ],
        "signatures_missing": list(each.missing),
        "url": each.url,
    }


def _level(each: Level) -> Json:
    return {
        "asset": each.asset,
        "read_at": timestamp(each.at),
        "slo": each.slo,
        "state": each.state[0],
        "state_kind": each.state[1],
        "target": each.target,
        "value": each.value,
        "basis": each.basis,
        "looked_at": _when(each.looked_at),
        "incidents": [number for number, _ in each.incidents],
        "url": each.url,
    }


def _erasures(each: Erasures) -> Json:
    return {
        "asset": each.asset,
        "since": timestamp(each.since),
        "requests": each.requests,
        "first": timestamp(each.first),
        "last": timestamp(each.last),
    }


def _gap(each: Gap) -> Json:
    return {"kind": each.kind, "sentence": each.sentence, "url": each.url}
