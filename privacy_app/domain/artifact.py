"""The deletion proof as JSON: the keys the programme fixed, and ours added to them.

Rules: no floats, times as RFC 3339 in UTC, no sample rows and no predicates; identifiers only as tokens with
a masked hint (see `pseudonym`); the bytes are RFC 8785 canonical, so one digest stands for one content.
`verification_hash` is the programme's own: SHA-256 over the canonical list of (dataset, count, timestamp) of
the verification queries. Its test vectors are published: schema/verification_hash.json. Pure: an
auditor can run this file's functions alone.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import rfc8785

from privacy_app.domain.verdict import Judgement, Probe, Residual, Verdict, headline

SCHEMA_VERSION = "1"
RETENTION_YEARS = 3


class Verb(StrEnum):
    """What was done. Only `delete` and `shred` are erasure: masking must never be called deleting (EDPB CEF 2025)."""

    DELETE = "delete"
    SHRED = "shred"
    ANONYMISE = "anonymise"
    REDACT = "redact"
    ATTEST = "attest"
    KEEP = "keep"


STATUS_OF = {
    (Verb.SHRED, Verdict.ERASED): "key_shredded",
    (Verb.ANONYMISE, Verdict.ERASED): "anonymised",
    (Verb.REDACT, Verdict.ERASED): "redacted",
    (Verb.ATTEST, Verdict.NOT_PROBED): "attested",
}


@dataclass(frozen=True, order=True)
class Verification:
    """One verification query: how many rows of the subject `dataset` still held at `at`."""

    dataset: str
    count: int
    at: datetime


@dataclass(frozen=True)
class SystemResult:
    """What was done in one system, as the proof tells it; `amounts` holds `rows`, `partitions` or `ids`.

    `more` holds what only some systems have: the digest of an attestation, who accepted that a probe cannot run.
    """

    name: str
    dataset: str
    kind: str
    judgement: Judgement
    amounts: Mapping[str, int | Sequence[str]]
    done_at: datetime
    purged_at: datetime | None
    probes: Mapping[str, Probe]
    residuals: tuple[Residual, ...]
    attempts: int
    action: Verb = Verb.DELETE
    action_reason: str = ""
    place: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    own_record: bool = False
    """The portal's own record of the request: listed like any system, but the headline speaks of the others."""

    @property
    def status(self) -> str:
        """The programme's word: what was shown, and by which means it was reached."""
        return STATUS_OF.get((self.action, self.judgement.verdict), self.judgement.status)


def rfc3339(moment: datetime) -> str:
    """UTC with `Z` and whole seconds.

    >>> rfc3339(datetime(2026, 11, 22, 21, 5, 1, 999, tzinfo=UTC))
    '2026-11-22T21:05:01Z'
    """
    if moment.tzinfo is None:
        raise ValueError("A time in an artifact needs its zone; give an aware datetime.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def verification_hash(queries: Iterable[Verification]) -> str:
    """`sha256:` over the RFC 8785 bytes of the list of [dataset, count, timestamp], sorted.

    >>> verification_hash([])
    'sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945'
    """
    rows: Any = [[each.dataset, each.count, rfc3339(each.at)] for each in sorted(queries)]
    return "sha256:" + hashlib.sha256(rfc8785.dumps(rows)).hexdigest()


def subject_ids(tokens: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One entry a token; a second identifier of a kind gets a number.

    >>> subject_ids([("device_id", "hmac-sha256:b"), ("device_id", "hmac-sha256:a")])
    {'device_id': 'hmac-sha256:a', 'device_id_2': 'hmac-sha256:b'}
    """
    named: dict[str, str] = {}
    for kind, value in sorted(tokens):
        number = 1
        while (name := kind if number == 1 else f"{kind}_{number}") in named:
            number += 1
        named[name] = value
    return named


def system_entry(result: SystemResult) -> dict[str, Any]:
    """One entry of `systems[]`: the programme's keys first, then ours."""
    entry: dict[str, Any] = {
        "name": result.name,
        "status": result.status,
        **{key: _plain(value) for key, value in result.amounts.items()},
        "ts": rfc3339(result.done_at),
        "dataset": result.dataset,
        "kind": result.kind,
        "action": result.action.value,
        "verdict": result.judgement.verdict.value,
        "verdict_text": result.judgement.sentence,
        "probes": {name: _probe(probe) for name, probe in result.probes.items()},
        "residuals": [_residual(each) for each in result.residuals],
        "attempts": result.attempts,
    }
    optional = {"action_reason": result.action_reason, "place": result.place, **result.more}
    entry |= {key: value for key, value in optional.items() if value}
    if result.purged_at:
        entry["purged_at"] = rfc3339(result.purged_at)
    return entry


def _plain(value: int | Sequence[str]) -> int | list[str]:
    return value if isinstance(value, int) else list(value)


def _probe(probe: Probe) -> dict[str, Any]:
    entry: dict[str, Any] = {"before": probe.before, "after": probe.after}
    if probe.reason:
        entry["reason"] = probe.reason
    return entry


def _residual(residual: Residual) -> dict[str, str | int | None]:
    expires = residual.expires_on.isoformat() if residual.expires_on else None
    return {"where": residual.where, "expires_on": expires, "hits": residual.hits}


def build(
    *,
    req_id: str,
    tokens: Iterable[tuple[str, str]],
    hints: Iterable[tuple[str, str]],
    submitted_at: datetime,
    completed_at: datetime,
    systems: Sequence[SystemResult],
    queries: Sequence[Verification],
    more: Mapping[str, Any],
    retention_years: int = RETENTION_YEARS,
) -> dict[str, Any]:
    """The whole artifact. `more` holds the additive parts (plan digest, clocks, approvals, ledger, what is
    not covered).

    Raises ValueError when a float is anywhere in it: decimals are written as text.
    """
    artifact: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "req_id": req_id,
        "subject_ids": subject_ids(tokens),
        "subject_hints": subject_ids(hints),
        "submitted_at": rfc3339(submitted_at),
        "completed_at": rfc3339(completed_at),
        "headline": headline(each.judgement for each in systems if not each.own_record),
        "systems": [system_entry(each) for each in systems],
        "verification_queries": [
            {"dataset": each.dataset, "count": each.count, "ts": rfc3339(each.at)} for each in sorted(queries)
        ],
        "verification_hash": verification_hash(queries),
        "retention_policy": f"artifact retained {retention_years} years",
        **more,
    }
    refuse_floats(artifact)
    return artifact


def refuse_floats(value: Any, path: str = "artifact") -> None:
    """Raise ValueError with the place of the first float.

    >>> refuse_floats({"rows": 1.0})
    Traceback (most recent call last):
    ...
    ValueError: artifact.rows is a float; write decimals as text, so that every tool hashes the same bytes.
    """
    if isinstance(value, float):
        raise ValueError(  # noqa: TRY004 the type is legal JSON, the value is not for a proof
            f"{path} is a float; write decimals as text, so that every tool hashes the same bytes."
        )
    if isinstance(value, Mapping):
        for key, each in value.items():
            refuse_floats(each, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            refuse_floats(each, f"{path}[{index}]")


DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:]+Z)?")
RUN_ONLY = frozenset({"attempts", "gross_seconds", "net_seconds", "slo_met", "statutory_met", "verification_hash"})
RUN_NUMBERS = frozenset({"index", "hits"})
"""Numbers of a moment: a place in the ledger, and how often a log that is written over still held the subject."""


def without_run(value: Any) -> Any:
    """An artifact without what may differ between two runs of the same work: times, attempts, numbers of a moment.

    A residual stays with its place, and with that it could not be counted; only its count goes, because a
    write-ahead log is written over between the two looks.

    >>> without_run({"rows": 3, "ts": "2026-09-06T18:22:10Z", "systems": [{"attempts": 2, "text": "by 2026-12-22."}]})
    {'rows': 3, 'ts': 'DATE', 'systems': [{'text': 'by DATE.'}]}
    >>> without_run([{"where": "write-ahead log", "hits": 20}, {"where": "replicas", "hits": None}])
    [{'where': 'write-ahead log'}, {'where': 'replicas', 'hits': None}]
    """
    if isinstance(value, Mapping):
        gone = {key for key, each in value.items() if key in RUN_NUMBERS and isinstance(each, int)} | RUN_ONLY
        return {key: without_run(each) for key, each in value.items() if key not in gone}
    if isinstance(value, str):
        return DATE.sub("DATE", value)
    return [without_run(each) for each in value] if isinstance(value, list) else value
