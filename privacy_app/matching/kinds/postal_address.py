"""A postal address: everybody in the house shares it, so it never matches by itself."""

from privacy_app.matching.base import DOTS, Rule
from privacy_app.matching.registry import rule


@rule("postal_address", "address", "street_address")
class PostalAddress(Rule):
    """Helps a person who decides about a link; never a member of a resolved set, so nothing is deleted by it."""

    label = "postal address"
    identifies = False

    def normalise(self, text: str) -> str:
        words = super().normalise(text).casefold().replace(",", " ").split()
        return " ".join(words)

    def hint(self, value: str) -> str:
        return f"{value[:1]}{DOTS}"
