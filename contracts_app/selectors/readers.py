"""Who is told of a version: its named consumers always, and whoever follows the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet

from contracts_app.models import Contract, Subscription, Version
from contracts_app.selectors.answers import answers_of
from contracts_app.selectors.names import asset_of
from lineage_app.selectors import downstream_datasets
from portal.core.catalog.selectors import addresses_of
from portal.core.identity.policies import Act, may
from portal.core.identity.roles import Role
from portal.core.identity.selectors import holders_of


@dataclass(frozen=True, slots=True)
class Reader:
    """Where a notice goes, and why."""

    channel: str
    address: str
    why: str


def readers_of(version: Version) -> list[Reader]:
    """Each address once: those of the consumers that the version names, then of its followers."""
    found = {(one.channel, one.address): one for one in reversed([*_consumers(version), *_followers(version)])}
    return list(reversed(found.values()))


def deciders_of(version: Version) -> list[Reader]:
    """Who has to do with an objection beside the consumers: the proposer, the owners and the head of data."""
    owners = holders_of(Role.OWNER, team_ids=version.contract.team_ids())
    people = [version.proposed_by, *owners, *holders_of(Role.HEAD_OF_DATA)]
    why = "You are told because you proposed it, own the asset or answer for it."
    return list({person.email: Reader("email", person.email, why) for person in people if person}.values())


def subscriptions_of(user: Any) -> QuerySet[Subscription]:
    """What this person follows, and what the teams follow that they belong to."""
    related = ("user", "team", "contract", "owned_by", "upstream_of")
    return Subscription.objects.filter(Q(user=user) | Q(team__in=teams_of(user))).select_related(*related)


def subscription_of(user: Any, pk: int) -> Subscription | None:
    """One of them, or None where it is somebody else's."""
    return subscriptions_of(user).filter(pk=pk).first()


def follows(user: Any, contract: Contract) -> Subscription | None:
    """The person's own subscription to the contract itself."""
    return Subscription.objects.filter(user=user, contract=contract).first()


def teams_of(user: Any) -> list[int]:
    """The teams that the person belongs to."""
    return sorted({team for _, team in user.grants() if team is not None})


def may_follow(user: Any) -> bool:
    """Whether the person may be told of contracts at all."""
    return may(user, Act.READ)


def _consumers(version: Version) -> Iterator[Reader]:
    for one in answers_of(version):
        why = f"You are told because {version.contract.name} names {one.team or one.consumer} as a consumer."
        if one.team is not None:
            yield from _team(one.team, why)
        elif _is_email(one.consumer):
            yield Reader("email", one.consumer.strip(), why)


def _followers(version: Version) -> Iterator[Reader]:
    for subscription in _following(version):
        why = f"You are told because {subscription}."
        if subscription.team is not None:
            yield from _team(subscription.team, why)
        elif subscription.user is not None and may_follow(subscription.user):
            yield Reader("email", subscription.user.email, why)


def _following(version: Version) -> QuerySet[Subscription]:
    """Subscriptions to the contract, to its owner's contracts, and of teams whose assets it feeds."""
    asked = Q(contract=version.contract_id) | Q(owned_by=version.contract.owner_team_id or 0)
    fed = _fed_teams(version)
    asked |= Q(upstream_of__in=fed)
    return Subscription.objects.filter(asked).select_related("user", "team", "contract", "owned_by", "upstream_of")


def _fed_teams(version: Version) -> set[int]:
    """The owners of what lies downstream of the version's asset, as lineage has seen it."""
    asset = asset_of(version)
    if asset is None:
        return set()
    assets: Iterable[Any] = (hop.asset for hop in downstream_datasets(asset.pk))
    return {each.owner_team_id for each in assets if each is not None and each.owner_team_id is not None}


def _team(team: Any, why: str) -> Iterator[Reader]:
    """The team's mailboxes and webhooks, and every active member."""
    yield from (Reader("email", address, why) for address in addresses_of(team, "email"))
    members = team.memberships.filter(user__is_active=True).select_related("user")
    yield from (Reader("email", member.user.email, why) for member in members)
    yield from (Reader("webhook", address, why) for address in addresses_of(team, "webhook"))


def _is_email(text: str) -> bool:
    try:
        validate_email(text.strip())
    except ValidationError:
        return False
    return True
