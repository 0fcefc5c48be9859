"""The letters to the subject: built-in texts and the only placeholders that they may hold.

Staff edit texts with named placeholders, never with template code, so a text can neither read data nor run anything.
What they must say: GDPR Art. 12(3) and (4) (receipt, extension, refusal with complaint and judicial remedy), Art. 19,
and what the ICO asks for backups (tell the person clearly what happens to them). Pure.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Notice(StrEnum):
    RECEIPT = "receipt"
    DENIED = "denied"
    CANCELLED = "cancelled"
    DONE = "done"


class Text(NamedTuple):
    """Subject line and body of a letter."""

    subject: str
    body: str


PLACEHOLDERS: dict[Notice, frozenset[str]] = {
    Notice.RECEIPT: frozenset({"reference", "code", "minutes", "link", "due"}),
    Notice.DENIED: frozenset({"reference", "basis", "reason", "link"}),
    Notice.CANCELLED: frozenset({"reference", "link"}),
    Notice.DONE: frozenset({"reference", "headline", "systems", "key", "appeal_until", "suppressed_until", "link"}),
}
BUILT_IN: dict[Notice, Text] = {
    Notice.RECEIPT: Text(
        "Confirm your deletion request {reference}",
        "We received a request to delete the data of the owner of this address. Its reference is {reference}.\n\n"
        "If you made it, open\n{link}\nand enter this code within {minutes} minutes:\n\n{code}\n\n"
        "If you did not, ignore this message: nothing is deleted without the code.\n"
        "You will have our answer by {due} at the latest.\n",
    ),
    Notice.DENIED: Text(
        "Your deletion request {reference}",
        "We cannot delete the data that your request {reference} is about.\n\n"
        "The basis: {basis}\nThe reason: {reason}\n\n"
        "You may complain to your data protection authority, and you may go to court.\n{link}\n",
    ),
    Notice.CANCELLED: Text(
        "Your deletion request {reference} was cancelled",
        "Your request {reference} was cancelled before anything was deleted.\n{link}\n",
    ),
    Notice.DONE: Text(
        "Your data was deleted: {reference}",
        "{headline}\n\n{systems}\n\n"
        "Backups are beyond use until the dates above: nobody reads them, no decision is made with them.\n"
        "So that your data does not come back by a restore or a late copy, we keep a one-way token of each identifier "
        "until {suppressed_until} (GDPR Art. 17(1) and Art. 5(1)(d)); it cannot be turned back into your data.\n\n"
        "This key shows that the proof is about you. We destroy our copy on {appeal_until}:\n{key}\n\n"
        "The proof: {link}\n",
    ),
}
_NAME = re.compile(r"\{([a-z_]+)\}")


class UnknownPlaceholder(ValueError):
    """A text holds a placeholder that its kind of letter does not have."""


def check(kind: Notice, text: str) -> None:
    """Raise UnknownPlaceholder with the names that do not exist and those that do.

    >>> check(Notice.CANCELLED, "Bye {name}")
    Traceback (most recent call last):
    ...
    privacy_app.domain.notices.UnknownPlaceholder: {name} does not exist in this letter; there are {link}, {reference}.
    """
    unknown = sorted(set(_NAME.findall(text)) - PLACEHOLDERS[kind])
    if unknown:
        there = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS[kind]))
        raise UnknownPlaceholder(f"{{{unknown[0]}}} does not exist in this letter; there are {there}.")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values where their names stand; everything else stays as it is.

    >>> fill("Hello {reference}, 100 % {off}", {"reference": "DEL-1"})
    'Hello DEL-1, 100 % {off}'
    """
    return _NAME.sub(lambda match: values.get(match[1], match[0]), text)
