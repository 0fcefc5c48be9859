"""Receiving a request: the same for everybody, whether we know them or not."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction

from portal.core.clock.services import now
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from privacy_app import evidence_kinds as kinds
from privacy_app import keystore, sealing
from privacy_app.domain.clocks import Law
from privacy_app.domain.pseudonym import normalise
from privacy_app.models import Identifier, Request
from privacy_app.services.identity import send_code

NUMBERS = 0x44454C  # "DEL": the advisory lock under which a day's numbers are given


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
) -> Request:
    """Take a request in, start its clocks and send the code; the same key gives the same request again.

    `claims` are identifiers that nobody proved: hints, never seeds of the resolution.
    """
    if idempotency_key and (known := Request.objects.filter(idempotency_key=idempotency_key).first()):
        return known
    request = _open(channel, law, idempotency_key or None)
    for kind, value in {"email": email, **(claims or {})}.items():
        if value.strip():
            _claim(request, kind, normalise(kind, value))
    payload: dict[str, str | int] = {"request": request.req_id, "channel": channel, "law": law.name}
    record(kinds.RECEIVED, actor=actor, payload=payload)
    if code:
        send_code(request_id=request.pk)
        request.refresh_from_db()
    return request


def _open(channel: str, law: Law, idempotency_key: str | None) -> Request:
    at, key_name, secret = now(), uuid.uuid4().hex, secrets.token_urlsafe(24)
    keystore.make_keys(key_name)
    return Request.objects.create(
        req_id=_number(at),
        key_name=key_name,
        channel=channel,
        law=law.value,
        idempotency_key=idempotency_key,
        secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
        sealed_secret=sealing.seal(key_name, secret),
        received_at=at,
    )


def _number(at: datetime) -> str:
    """The next free reference of the day, given under a lock so that there are no gaps and no doubles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS])
    day = f"DEL-{at:%Y-%m-%d}-"
    last = Request.objects.filter(req_id__startswith=day).order_by("req_id").values_list("req_id", flat=True).last()
    return f"{day}{int(last.rpartition('-')[2]) + 1 if last else 1:04d}"


def _claim(request: Request, kind: str, value: str) -> None:
    request.identifiers.create(
        kind=kind,
        sealed=sealing.seal(request.key_name, value),
        lookup=sealing.lookup_token(kind, value),
        standing=Identifier.Standing.CLAIMED,
    )
