"""The letters to the subject: the only placeholders that they may hold, and what each must hold.

Staff edit texts with named placeholders, never with template code, so a text can neither read data nor run anything.
What they must say: GDPR Art. 12(3) and (4) (receipt, extension, refusal with complaint and judicial remedy), Art. 19,
and what the ICO asks for backups (tell the person clearly what happens to them). The built-in texts are in `letters`.
Pure.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from privacy_app.domain.clocks import Law


class Notice(StrEnum):
    VERIFY = "verify"
    RECEIPT = "receipt"
    REMINDER = "reminder"
    QUESTION = "question"
    EXTENSION = "extension"
    DONE = "done"
    DENIED = "denied"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"
    EXPIRED = "expired"


class Text(NamedTuple):
    """Subject line and body of a letter."""

    subject: str
    body: str


_ALWAYS = {"reference", "link", "received", "due"}
PLACEHOLDERS: dict[Notice, frozenset[str]] = {
    kind: frozenset(_ALWAYS | set(own.split()))
    for kind, own in {
        Notice.VERIFY: "code minutes until",
        Notice.RECEIPT: "",
        Notice.REMINDER: "until",
        Notice.QUESTION: "question until",
        Notice.EXTENSION: "reason remedies",
        Notice.DONE: "headline systems key appeal_until suppressed_until residual_until basis",
        Notice.DENIED: "basis reason remedies",
        Notice.CANCELLED: "",
        Notice.DUPLICATE: "older",
        Notice.EXPIRED: "until remedies",
    }.items()
}
# Without these the letter would not do what the law or the process needs it for.
REQUIRED: dict[Notice, frozenset[str]] = {
    Notice.VERIFY: frozenset({"code", "link"}),
    Notice.RECEIPT: frozenset({"reference", "due"}),
    Notice.REMINDER: frozenset({"link", "until"}),
    Notice.QUESTION: frozenset({"question"}),
    Notice.EXTENSION: frozenset({"due", "reason", "remedies"}),
    Notice.DONE: frozenset({"headline", "key", "residual_until", "suppressed_until", "basis"}),
    Notice.DENIED: frozenset({"basis", "reason", "remedies"}),
    Notice.CANCELLED: frozenset({"reference"}),
    Notice.DUPLICATE: frozenset({"older"}),
    Notice.EXPIRED: frozenset({"remedies"}),
}
LANGUAGES: dict[str, str] = {
    "en": "English",
    "da": "Danish",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "sv": "Swedish",
}
DEFAULT_LANGUAGE = "en"
_NAME = re.compile(r"\{([a-z_]+)\}")


class UnknownPlaceholder(ValueError):
    """A text holds a placeholder that its kind of letter does not have, or lacks one that it must have."""


def check(kind: Notice, text: str) -> None:
    """Raise UnknownPlaceholder with the names that do not exist and those that do.

    >>> check(Notice.CANCELLED, "Bye {name}")
    Traceback (most recent call last):
    ...
    privacy_app.domain.notices.UnknownPlaceholder: {name} does not exist in this letter; there are {due}, {link}, \
{received}, {reference}.
    """
    unknown = sorted(set(_NAME.findall(text)) - PLACEHOLDERS[kind])
    if unknown:
        there = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS[kind]))
        raise UnknownPlaceholder(f"{{{unknown[0]}}} does not exist in this letter; there are {there}.")


def check_body(kind: Notice, body: str) -> None:
    """Raise UnknownPlaceholder where the body names what does not exist, or leaves out what it must say."""
    check(kind, body)
    missing = sorted(REQUIRED[kind] - set(_NAME.findall(body)))
    if missing:
        raise UnknownPlaceholder(f"This letter must hold {{{missing[0]}}}: without it, it does not say what it is for.")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values where their names stand; everything else stays as it is.

    >>> fill("Hello {reference}, 100 % {off}", {"reference": "DEL-1"})
    'Hello DEL-1, 100 % {off}'
    """
    return _NAME.sub(lambda match: values.get(match[1], match[0]), text)


def remedies(law: Law, authority: str = "") -> str:
    """Where a subject who disagrees can turn: GDPR Art. 12(4), 77 and 79; Cal. Civ. Code 1798.199.45.

    >>> remedies(Law.GDPR, "the Irish DPC").startswith("You may complain to the Irish DPC")
    True
    """
    if law is Law.CCPA:
        return (
            f"You may complain to {authority or 'the California Privacy Protection Agency or the Attorney General'}. "
            "You may also go to court where the law lets you."
        )
    return (
        f"You may complain to {authority or 'the data protection authority of the place where you live or work'} "
        "(GDPR Art. 77), and you may go to court (GDPR Art. 79)."
    )


def best_language(accepted: str) -> str:
    """The first language of an Accept-Language header that letters may be written in; else the default.

    >>> best_language("fr-CH, fr;q=0.9, en;q=0.8"), best_language("xx"), best_language("de;q=0.1,da")
    ('fr', 'en', 'da')
    """
    wanted = sorted((_weighed(part) for part in accepted[:500].split(",")), key=lambda each: -each[1])
    return next((code for code, weight in wanted if code in LANGUAGES and weight > 0), DEFAULT_LANGUAGE)


def _weighed(part: str) -> tuple[str, float]:
    name, _, parameter = part.strip().partition(";")
    try:
        weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
    except ValueError:
        weight = 0.0
    return name.strip().lower().partition("-")[0], weight
