"""Receiving a request, in whichever way it came: the same path for everybody, whether we know them or not."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore, sealing
from privacy_app.domain.clocks import Law
from privacy_app.domain.notices import DEFAULT_LANGUAGE, Notice
from privacy_app.domain.pseudonym import normalise
from privacy_app.models import Identifier, ImportBatch, Request
from privacy_app.services.notices import tell
from privacy_app.services.waking import wake_codes

NUMBERS = 0x44454C  # "DEL": the advisory lock under which a day's numbers are given


class KeyReused(ValueError):
    """The Idempotency-Key came before, with another content."""


@dataclass(frozen=True)
class Origin:
    """Where a request came from, beyond its channel: what only some ways of intake know."""

    language: str = DEFAULT_LANGUAGE
    received_at: datetime | None = None
    more_emails: Sequence[str] = ()
    callback: str = ""
    token: Any = None
    batch: ImportBatch | None = None
    fingerprint: str = ""


@transaction.atomic
def receive(
    *,
    actor: Actor,
    channel: str,
    email: str,
    claims: Mapping[str, str] | None = None,
    law: Law = Law.GDPR,
    idempotency_key: str = "",
    code: bool = True,
    origin: Origin | None = None,
) -> Request:
    """Take a request in and start its clocks; the same key gives the same request again.

    `claims` are identifiers that nobody proved: hints, never seeds of the resolution. `email` may be empty for a
    request on paper. The code is sent by a worker, so that the answer takes as long for an address that we know or
    that was written to too often as for any other. Raises KeyReused where the key came with another content before.
    """
    origin = origin or Origin()
    if idempotency_key:
        _lock_numbers()  # two sendings of one key at once: the second waits here and finds the first
        if known := Request.objects.filter(idempotency_key=idempotency_key).first():
            return _same(known, origin)
    request = _open(channel, law, idempotency_key or None, origin, code=code and bool(email.strip()))
    given = [*(("email", each) for each in (email, *origin.more_emails)), *(claims or {}).items()]
    for kind, value in dict.fromkeys((kind, normalise(kind, value)) for kind, value in given if value.strip()):
        _claim(request, kind, value)
    payload: dict[str, str | int] = {"request": request.req_id, "channel": channel, "law": law.name}
    record(kinds.RECEIVED, actor=actor, payload=payload)
    if request.code_due:
        wake_codes()
    else:
        tell(request, Notice.RECEIPT, {})
    return request


def fingerprint(body: bytes) -> str:
    """What tells two bodies under one Idempotency-Key apart, and nothing to whoever reads the database."""
    return "hmac-sha256:" + hmac.new(keystore.lookup_key(), b"body\0" + body, hashlib.sha256).hexdigest()


def _same(known: Request, origin: Origin) -> Request:
    if origin.fingerprint and known.fingerprint and origin.fingerprint != known.fingerprint:
        raise KeyReused("This Idempotency-Key came before with another body. Use a new key for a new request.")
    return known


def _open(channel: str, law: Law, idempotency_key: str | None, origin: Origin, *, code: bool) -> Request:
    at, key_name, secret = now(), uuid.uuid4().hex, secrets.token_urlsafe(24)
    keystore.make_keys(key_name)
    return Request.objects.create(
        req_id=_number(at),
        key_name=key_name,
        channel=channel,
        law=law.value,
        language=origin.language,
        idempotency_key=idempotency_key,
        fingerprint=origin.fingerprint,
        intake_token=origin.token,
        batch=origin.batch,
        sealed_callback=sealing.seal(key_name, origin.callback) if origin.callback else None,
        secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
        sealed_secret=sealing.seal(key_name, secret),
        code_due=code,
        received_at=origin.received_at or at,
        changed_at=at,
    )


def _lock_numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS])


def _number(at: datetime) -> str:
    """The next free reference of the day, given under a lock so that there are no gaps and no doubles."""
    _lock_numbers()
    day = f"DEL-{at:%Y-%m-%d}-"
    given = Request.objects.filter(req_id__startswith=day).values_list("req_id", flat=True)
    last = max((int(each.rpartition("-")[2]) for each in given.order_by("-pk")[:1]), default=0)
    return f"{day}{last + 1:04d}"


def _claim(request: Request, kind: str, value: str) -> None:
    request.identifiers.create(
        kind=kind,
        sealed=sealing.seal(request.key_name, value),
        lookup=sealing.lookup_token(kind, value),
        standing=Identifier.Standing.CLAIMED,
    )
