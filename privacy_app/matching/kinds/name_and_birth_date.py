"""A name with a date of birth: many people share one, so it never matches by itself."""

from privacy_app.matching.base import DOTS, Rule
from privacy_app.matching.registry import rule


@rule("name_and_birth_date", "name", "full_name", "birth_date")
class NameAndBirthDate(Rule):
    """Helps a person who decides about a link; never a member of a resolved set, so nothing is deleted by it."""

    label = "name and date of birth"
    identifies = False

    def normalise(self, text: str) -> str:
        return " ".join(super().normalise(text).casefold().split())

    def hint(self, value: str) -> str:
        return " ".join(f"{word[:1]}{DOTS}" for word in value.split()[:2])
