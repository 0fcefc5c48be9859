"""What a channel is: one file in `kinds/` with one class."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

ACTIONS = frozenset({"trigger", "acknowledge", "resolve", "info"})


@dataclass(frozen=True)
class Letter:
    """What a channel delivers; `key` is the same at every try, so that a receiver can drop a repeat.

    `details` are structured facts: action (trigger, acknowledge, resolve or info), key (of the trouble: the same in all
    its letters), summary, severity (page or ticket), source, component, class, url, runbook_url, started_at,
    ended_at (ISO 8601), labels, annotations. A letter that only informs may have none.
    """

    address: str
    subject: str
    body: str
    key: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def action(self) -> str:
        """What the letter says of the trouble; "info" where it says nothing."""
        return str(self.details.get("action", "info"))


class DeliveryFailed(Exception):
    """Not delivered. `permanent` says that trying again is of no use; the sentence names no address."""

    def __init__(self, sentence: str, *, permanent: bool = False, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.permanent = permanent
        self.retry_after_s = retry_after_s


class Asks(StrEnum):
    """What an address of a channel consists of, beside the name that people see."""

    MAIL = "mail"
    URL = "url"
    URL_AND_KEY = "url and key"
    REFERENCE = "reference"


class Channel(ABC):
    """A way to tell somebody.

    `deliver` returns when the receiver has taken the letter, and raises DeliveryFailed otherwise: permanent where the
    receiver refused it for good (most 4xx), passing where trying again may help (5xx, 429, no connection).
    It may be called again for a letter that was delivered, when we were killed before we could note it.
    `actions` are the letters that it has words for; others are never put into its outbox. `asks` says what its
    address is (URL_AND_KEY: the secret may be left out), `secret_help` what its secret is for. `for_everything`
    channels are told of all that is wrong with their team; others only where no person can be.
    """

    kind: str
    label: str
    actions: ClassVar[frozenset[str]] = ACTIONS
    asks: ClassVar[Asks] = Asks.URL
    secret_help: ClassVar[str] = ""
    for_everything: ClassVar[bool] = True

    @abstractmethod
    def deliver(self, letter: Letter) -> None: ...
