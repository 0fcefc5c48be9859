"""Telephone numbers as E.164 writes them: a plus, the country's code, at most fifteen digits."""

import unicodedata

from privacy_app.matching.base import DOTS, NotOfThisKind, Rule
from privacy_app.matching.registry import rule

_FILLING = frozenset(" -./()\t\u00a0\u2010\u2011\u2012\u2013")
SHORTEST, LONGEST = 7, 15


@rule("phone", "phone_number", "msisdn")
class PhoneNumber(Rule):
    """A number may be given to somebody else one day and a household may share one: a link to it waits for a person."""

    label = "telephone number"
    folds = True

    def normalise(self, text: str) -> str:
        number = _bare(text.replace("(0)", ""))
        number = f"+{number[2:]}" if number.startswith("00") else number
        digits = number[1:]
        if not number.startswith("+") or not digits.isdigit() or not SHORTEST <= len(digits) <= LONGEST:
            raise NotOfThisKind("A telephone number starts with + and its country's code, and has 7 to 15 digits.")
        return number

    def loosely(self, text: str) -> str:
        return _bare(text)

    def hint(self, value: str) -> str:
        return f"{value[:3]}{DOTS}{value[-2:]}" if len(value) > SHORTEST else super().hint(value)

    def spellings(self, value: str) -> tuple[str, ...]:
        return (f"00{value[1:]}", value[1:]) if value.startswith("+") else ()


def _bare(text: str) -> str:
    """Digits of any script as ASCII, what people write between them left out."""
    kept = (each for each in text if each not in _FILLING)
    return "".join(str(unicodedata.digit(each)) if each.isdigit() else each for each in kept)
