"""Asking a time-stamp authority (RFC 3161): one question, one checked answer, through the one outgoing client.

The operator names the authority in TSA_URL, so its own host may lie in a private network; nothing else may.
"""

import hashlib
import re
import secrets
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from asn1crypto import cms, tsp  # type: ignore[import-untyped]  # no types are published for it
from django.conf import settings

from portal.core.web import outgoing

MAX_REPLY = 64 * 1024
TIMEOUT_S = 20
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?")


class Reply(tsp.TimeStampResp):  # type: ignore[misc]  # its base has no types
    """RFC 3161 section 2.4.2: a refusal holds no token, which the library does not know."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


class AuthorityFailed(RuntimeError):
    """No time stamp came; the sentence says why. Trying again later may help."""


def name() -> str:
    """How bundles name the authority: its host, "self-timestamped" where that is ourselves, "" where there is none."""
    host = urlsplit(settings.TSA_URL).hostname or ""
    ours = {"localhost", "127.0.0.1", "::1", urlsplit(settings.BASE_URL).hostname}
    return "self-timestamped" if host in ours else host


def chain() -> str:
    """The certificates of TSA_CHAIN_FILE as PEM, kept with each stamp: an authority's site may be gone in three years.

    Raises AuthorityFailed where the setting names a file without certificates.
    """
    if not settings.TSA_CHAIN_FILE:
        return ""
    try:
        found = CERTIFICATE.findall(Path(settings.TSA_CHAIN_FILE).read_text())
    except OSError as error:
        raise AuthorityFailed(f"TSA_CHAIN_FILE cannot be read: {error.strerror}.") from error
    if not found:
        raise AuthorityFailed("TSA_CHAIN_FILE holds no certificate: put the authority's chain there, as PEM.")
    return "".join(each.rstrip("\n") + "\n" for each in found)


def question(imprint: bytes) -> tsp.TimeStampReq:
    """The request for a stamp over a SHA-256, with a nonce, and with the signer's certificate in the answer."""
    return tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": imprint},
            "nonce": secrets.randbits(63),
            "cert_req": True,
        }
    )


def stamp(data: bytes) -> bytes:
    """The authority's reply over the SHA-256 of `data`, its status, digest and nonce checked."""
    asked = question(hashlib.sha256(data).digest())
    reply = ask(asked)
    try:
        token = reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
        digest, nonce = token["message_imprint"]["hashed_message"].native, token["nonce"].native
    except (ValueError, TypeError, KeyError) as error:
        raise AuthorityFailed("The time-stamp authority's answer holds no time stamp.") from error
    if digest != asked["message_imprint"]["hashed_message"].native or nonce != asked["nonce"].native:
        raise AuthorityFailed("The time-stamp authority answered a question that was not asked.")
    raw: bytes = reply.dump()
    return raw


def ask(asked: tsp.TimeStampReq) -> tsp.TimeStampResp:
    """The authority's answer to a question, its status checked. Raises AuthorityFailed with a sentence."""
    parts = urlsplit(settings.TSA_URL)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        answer = outgoing.call(
            settings.TSA_URL,
            body=asked.dump(),
            headers={"Content-Type": "application/timestamp-query"},
            allowed_private={f"{parts.hostname}:{port}"},
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_REPLY,
        )
    except (outgoing.AddressRefused, outgoing.CallFailed) as error:
        raise AuthorityFailed(f"The time-stamp authority gave no answer: {error}") from error
    if answer.status != 200:
        raise AuthorityFailed(f"The time-stamp authority answered with the status {answer.status}.")
    try:
        reply = Reply.load(answer.body)
        status = reply["status"]["status"].native
    except (ValueError, TypeError) as error:
        raise AuthorityFailed("What the time-stamp authority answered is no RFC 3161 reply.") from error
    if status not in {"granted", "granted_with_mods"}:
        raise AuthorityFailed(f"The time-stamp authority refused: {status}.")
    return reply
