"""Outside anchors: what a time-stamp authority (RFC 3161) says about the newest checkpoint."""

import hashlib
import secrets
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from asn1crypto import tsp  # type: ignore[import-untyped]  # no types are published for it
from django.conf import settings
from django.db import transaction

from portal.core.clock.services import now
from portal.core.evidence.models import Checkpoint, Timestamp
from portal.core.evidence.selectors import latest_checkpoint

MAX_REPLY = 64 * 1024


def authority() -> str:
    """How bundles name the authority: its host, "self-timestamped" where that is ourselves, "" where there is none."""
    host = urlsplit(settings.TSA_URL).hostname or ""
    ours = {"localhost", "127.0.0.1", "::1", urlsplit(settings.BASE_URL).hostname}
    return "self-timestamped" if host in ours else host


def stamp_latest() -> Timestamp | None:
    """Have the newest checkpoint stamped; None when no authority is set, or it is stamped already.

    Raises OSError when the authority cannot be reached and ValueError when it refuses.
    """
    checkpoint = latest_checkpoint()
    if not settings.TSA_URL or checkpoint is None or Timestamp.objects.filter(checkpoint=checkpoint).exists():
        return None
    reply = _ask(checkpoint.note.encode())
    return _keep(checkpoint, reply)


@transaction.atomic
def _keep(checkpoint: Checkpoint, reply: bytes) -> Timestamp:
    return Timestamp.objects.create(checkpoint=checkpoint, token=reply, authority=authority(), created_at=now())


def _ask(data: bytes) -> bytes:
    """The authority's reply over the SHA-256 of `data`, checked for its status, digest and nonce."""
    nonce, imprint = secrets.randbits(63), hashlib.sha256(data).digest()
    query = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": imprint},
            "nonce": nonce,
            "cert_req": True,
        }
    )
    headers = {"Content-Type": "application/timestamp-query"}
    if urlsplit(settings.TSA_URL).scheme not in {"http", "https"}:
        raise ValueError("TSA_URL must begin with http:// or https://.")
    request = Request(settings.TSA_URL, query.dump(), headers)  # noqa: S310 - the scheme is checked above
    with urlopen(request, timeout=20) as response:  # noqa: S310 - set by the operator, not by a visitor
        reply: bytes = response.read(MAX_REPLY)
    answer = tsp.TimeStampResp.load(reply)
    if answer["status"]["status"].native not in {"granted", "granted_with_mods"}:
        raise ValueError(f"The time-stamp authority refused: {answer['status'].native}.")
    token = answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    if token["message_imprint"]["hashed_message"].native != imprint or token["nonce"].native != nonce:
        raise ValueError("The time-stamp authority answered a question that was not asked.")
    return reply
