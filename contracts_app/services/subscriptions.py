"""Following contracts and leaving off: a wish of its reader, so it is kept as a row and not as evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from contracts_app import selectors
from contracts_app.models import Contract, Subscription
from contracts_app.services.errors import Refused
from portal.core.clock.services import now
from portal.core.identity.policies import Act, require

if TYPE_CHECKING:
    from portal.core.identity.models import User


@transaction.atomic
def subscribe(
    *,
    user: User,
    for_team: Any = None,
    contract: Contract | None = None,
    owned_by: Any = None,
    upstream_of: Any = None,
) -> Subscription:
    """Follow one contract, every contract of a team, or every contract upstream of a team's assets.

    For oneself, or for a team that one belongs to. Asking twice is asking once. Raises Refused where the team is not
    the person's, or where not exactly one thing is followed.
    """
    require(user, Act.READ)
    if sum(each is not None for each in (contract, owned_by, upstream_of)) != 1:
        raise Refused("Choose one thing to follow: a contract, a team's contracts, or what feeds a team's assets.")
    if for_team is not None and for_team.pk not in selectors.teams_of(user):
        raise Refused(f"You do not belong to {for_team}, so you cannot subscribe it.")
    reader = {"user": None if for_team else user, "team": for_team}
    subject = {"contract": contract, "owned_by": owned_by, "upstream_of": upstream_of}
    made = {"made_by": user, "made_at": now()}
    found, _ = Subscription.objects.get_or_create(**reader, **subject, defaults=made)
    return found


@transaction.atomic
def unsubscribe(*, user: User, subscription: Subscription) -> None:
    """Stop following; notices already under way still arrive. Raises Refused for somebody else's subscription."""
    own = selectors.subscription_of(user, subscription.pk)
    if own is None:
        raise Refused("This subscription is not yours, nor a team's of yours.")
    own.delete()
