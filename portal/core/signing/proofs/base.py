"""What a method of signing has to answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from portal.core.signing.errors import SigningRefused

if TYPE_CHECKING:
    from portal.core.signing.models import Assertion, Challenge


class Proof(ABC):
    """What a person sent to prove themselves, and how it is judged."""

    name: ClassVar[str]
    """What is stored as a signature's method."""
    rank: ClassVar[int]
    """The strongest method has the lowest rank: a form offers it first."""
    strength: ClassVar[str]
    """What the method is worth, in words for a page and a proof."""
    template: ClassVar[str]
    """The part of the sign form that asks for it."""

    @classmethod
    @abstractmethod
    def read(cls, sent: Mapping[str, str]) -> Self | None:
        """The proof from a form's fields; None where the form was not of this method. Never raises."""

    @classmethod
    @abstractmethod
    def asks(cls, challenge: Challenge) -> dict[str, Any] | None:
        """What the form needs to ask this challenge's person; None where they have nothing set up for the method."""

    @abstractmethod
    def check(self, challenge: Challenge) -> Assertion | None:
        """Judge it, inside the transaction of the signature; what an offline verifier needs, if it leaves anything.

        Raises WrongProof with a sentence that says what was wrong and what to do next.
        """


class Nothing:
    """A form that held no proof at all."""

    name = "nothing"

    def check(self, challenge: Challenge) -> None:  # noqa: ARG002 - the same question as to a proof
        """Refuse."""
        raise SigningRefused("The form was sent without a passkey's answer, a password or a code. Open the page again.")
