"""What a matching rule says about its kind of identifier."""

import unicodedata
from typing import ClassVar

DOTS = "•••"


class NotOfThisKind(ValueError):
    """A text is not an identifier of this kind; the sentence says what is missing and never repeats the text."""


class Rule:
    """One kind of identifier: how it is written, and what it may do in a resolution.

    `also` are other names of the same kind. `may_be_proved`: a requester can show that it is theirs (a code that goes
    there), so it may seed a resolution. `one_person`: by its nature it belongs to one person, so a source's link
    may be followed by itself. `identifies`: it singles out a person at all; a name or a postal address does not, helps
    only a person who decides, and never becomes a member of a resolved set. `folds`: several spellings are one
    identifier (letter case of an address); where it does not, a source's other spelling is a question for a person.
    """

    kind: ClassVar[str] = ""
    also: ClassVar[tuple[str, ...]] = ()
    label: ClassVar[str] = ""
    may_be_proved: ClassVar[bool] = False
    one_person: ClassVar[bool] = False
    identifies: ClassVar[bool] = True
    folds: ClassVar[bool] = False

    def normalise(self, text: str) -> str:
        """The one form in which it is compared, of a text that `cleaned` made. Raises NotOfThisKind."""
        if not text:
            raise NotOfThisKind(f"A {self.label} has at least one character.")
        return text

    def loosely(self, text: str) -> str:
        """The form of a text that is not of this kind: still compared, never guessed at."""
        return text

    def hint(self, value: str) -> str:
        """A masked form that lets its owner recognise it and nobody else guess it."""
        return f"{value[:1]}{DOTS}"

    def spellings(self, value: str) -> tuple[str, ...]:
        """Other spellings in which systems may hold a normal form; the form itself is not among them."""
        del value
        return ()


def cleaned(text: str) -> str:
    """NFKC (UAX 15), without invisible format characters, trimmed.

    >>> cleaned(" \\uff44ana\\u200b ")
    'dana'
    """
    flat = unicodedata.normalize("NFKC", text)
    return "".join(each for each in flat if unicodedata.category(each) != "Cf").strip()
