"""Numbers that a controller gives to one person: customer, user, account."""

from privacy_app.matching.base import Rule
from privacy_app.matching.registry import rule


@rule("customer_id", "user_id", "account_id", "subject_id", "person_id")
class CustomerId(Rule):
    """Opaque: letter case counts. A requester can only claim one, since nothing can be sent to it."""

    label = "customer number"
    one_person = True
