"""What a person may attest about a system that no probe reaches, and what the portal may claim from it.

An attestation is a statement, not a measurement: whatever it says, the verdict is never `erased`. Documents are told
apart by their own first bytes, never by the name or type that an uploader gives (OWASP ASVS 5.2). Pure.
"""

from datetime import date
from enum import StrEnum

from privacy_app.domain.verdict import Judgement, Verdict

LARGEST = 5 * 1024 * 1024
_STARTS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
SUFFIXES = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/plain": ".txt"}


class Outcome(StrEnum):
    """What was done."""

    DELETED = "deleted"
    NOT_FOUND = "not_found"
    CANNOT = "cannot"


class AttestationRefused(ValueError):
    """This cannot be attested so; the sentence says what is missing."""


def media_type_of(data: bytes) -> str:
    """PDF, PNG, JPEG or plain text, by the bytes. Raises AttestationRefused for anything else, or too much.

    >>> media_type_of(b"%PDF-1.7 ...")
    'application/pdf'
    >>> media_type_of(b"ticket 4711 closed")
    'text/plain'
    """
    if len(data) > LARGEST:
        raise AttestationRefused("The document is larger than 5 MB; give a smaller one.")
    for start, media_type in _STARTS.items():
        if data.startswith(start):
            return media_type
    if not data.strip():
        raise AttestationRefused("The document is empty.")
    if not _is_text(data):
        raise AttestationRefused("The document is neither PDF, PNG, JPEG nor plain text.")
    return "text/plain"


def _is_text(data: bytes) -> bool:
    """UTF-8 without control characters, and no page of a browser: text that starts as markup could be run as one."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(char.isprintable() or char in "\r\n\t\ufeff" for char in text) and not text.lstrip("\ufeff \r\n\t")[
        :1
    ].startswith("<")


def check(outcome: Outcome, rows: int | None, statement: str, has_document: bool) -> None:
    """Raise AttestationRefused where something is missing.

    >>> check(Outcome.DELETED, 3, "", True)
    """
    if outcome is Outcome.DELETED and not rows:
        raise AttestationRefused("Say how many records were deleted; if there were none, choose that it was not found.")
    if outcome is Outcome.CANNOT and not statement.strip():
        raise AttestationRefused("Say why it cannot be deleted there.")
    if outcome is not Outcome.CANNOT and not has_document:
        raise AttestationRefused("Attach a document that shows it: a screenshot, an export, a ticket, a letter.")


def judgement(outcome: Outcome, rows: int, who: str, on: date) -> Judgement:
    """What a proof may say.

    >>> judgement(Outcome.DELETED, 3, "an owner of CRM", date(2026, 11, 23)).sentence
    'Not probed: attested by an owner of CRM on 2026-11-23: 3 records deleted.'
    """
    if outcome is Outcome.CANNOT:
        return Judgement(
            Verdict.FAILED, f"It cannot be deleted there, says {who} on {on}; the reason is with the task."
        )
    records = "1 record" if rows == 1 else f"{rows} records"
    said = f"{records} deleted" if outcome is Outcome.DELETED else "the person was not found there"
    return Judgement(Verdict.NOT_PROBED, f"Not probed: attested by {who} on {on}: {said}.")
