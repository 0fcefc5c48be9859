"""What a channel is: one file in `kinds/` with one class."""

from abc import ABC, abstractmethod
from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """What a channel delivers; `key` is the same at every try, so that a receiver can drop a repeat."""

    address: str
    subject: str
    body: str
    key: str


class DeliveryFailed(Exception):
    """Not delivered. `permanent` says that trying again is of no use; the sentence names no address."""

    def __init__(self, sentence: str, *, permanent: bool = False) -> None:
        super().__init__(sentence)
        self.permanent = permanent


class Channel(ABC):
    """A way to tell somebody.

    `deliver` returns when the receiver has taken the letter, and raises DeliveryFailed otherwise: permanent where the
    receiver refused it for good (most 4xx), passing where trying again may help (5xx, 429, no connection).
    It may be called again for a letter that was delivered, when we were killed before we could note it.
    """

    kind: str
    label: str

    @abstractmethod
    def deliver(self, letter: Letter) -> None: ...
