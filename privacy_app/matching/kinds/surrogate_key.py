"""Keys that a system made for a record of one person and that mean nothing outside: vector ids, profile keys."""

from privacy_app.matching.base import Rule
from privacy_app.matching.registry import rule


@rule("surrogate_key", "vector_id", "embedding_id", "profile_id", "contact_id")
class SurrogateKey(Rule):
    """Followed where the source asserts it; a requester does not know it, so a claim of one is a reason to look."""

    label = "surrogate key"
    one_person = True
