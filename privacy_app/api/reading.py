"""The body of a request for deletion, read: every refusal names the field and never its value."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from privacy_app.api.bodies import BadInput, is_text
from privacy_app.domain.clocks import Law
from privacy_app.domain.notices import DEFAULT_LANGUAGE, LANGUAGES
from privacy_app.domain.pseudonym import normalise
from privacy_app.services.receipts import CallbackRefused, checked_callback

KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
FIELDS = frozenset({"email", "more_emails", "claims", "law", "language", "callback"})


@dataclass(frozen=True)
class Asked:
    """What a program asks for."""

    email: str
    more_emails: tuple[str, ...]
    claims: dict[str, str]
    law: Law
    language: str
    callback: str


def asked(body: dict[str, Any]) -> Asked:
    """The body as it will be used; raises BadInput."""
    if set(body) - FIELDS:
        raise BadInput(f"The body may hold {', '.join(sorted(FIELDS))} and nothing else.")
    return Asked(
        email=_email(body.get("email"), "`email` must be an e-mail address: the code goes there."),
        more_emails=_more(body.get("more_emails", [])),
        claims=_claims(body.get("claims", {})),
        law=_law(body.get("law", Law.GDPR)),
        language=_language(body.get("language", DEFAULT_LANGUAGE)),
        callback=_callback(body.get("callback", "")),
    )


def _email(value: Any, says: str) -> str:
    if not is_text(value, 254):
        raise BadInput(says)
    kept = normalise("email", value)
    try:
        validate_email(value)
        validate_email(kept)
    except ValidationError:
        raise BadInput(says) from None
    return kept


def _more(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > 3:
        raise BadInput("`more_emails` must be a list of up to three e-mail addresses; each gets a code of its own.")
    says = "Every entry of `more_emails` must be an e-mail address; each gets a code of its own."
    return tuple(_email(each, says) for each in value)


def _claims(value: Any) -> dict[str, str]:
    good = isinstance(value, dict) and len(value) <= 10
    if not good or not all(_is_claim(kind, each) for kind, each in value.items()):
        raise BadInput(
            "`claims` must map up to ten kinds of identifier (not `email`; a to z, 0 to 9 and _) to short texts."
        )
    return {str(kind): str(each) for kind, each in value.items()}


def _is_claim(kind: str, value: Any) -> bool:
    return bool(KIND.fullmatch(kind)) and kind not in ("email", "email_address") and is_text(value, 200)


def _law(value: Any) -> Law:
    try:
        return Law(value)
    except ValueError:
        raise BadInput(f"`law` must be one of {', '.join(Law)}.") from None


def _language(value: Any) -> str:
    if value not in LANGUAGES if isinstance(value, str) else True:
        raise BadInput(f"`language` must be one of {', '.join(LANGUAGES)}.")
    return str(value)


def _callback(value: Any) -> str:
    if value == "":
        return ""
    try:
        return checked_callback(value if isinstance(value, str) else " ")
    except CallbackRefused as refused:
        raise BadInput(str(refused)) from None
