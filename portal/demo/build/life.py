"""Brings life into the demo's contracts: one in its notice, one that a consumer objects to, and who follows what."""

from typing import Any
from uuid import uuid4

from contracts_app import selectors, services
from contracts_app.domain.answers import Said
from portal.core.identity.models import Team, User
from portal.demo.build import contracts

OBJECTION = "The churn model reads spend_usd every night; we need it until the finance mart has the same figure."


def build() -> None:
    """Make what is missing: a second build finds it there."""
    clickstream, profile = _in_notice("clickstream_v1"), _in_notice("customer_profile_v1")
    _answer(clickstream, "cleo@demo.example.com", "product-analytics", Said.ACCEPTED)
    _answer(profile, "mia@demo.example.com", "ml-platform", Said.OBJECTED, OBJECTION)
    _subscribe()


def _in_notice(name: str) -> Any:
    version = contracts.version_of(name) or contracts.propose(name)
    if version.state == "proposed":
        contracts.sign(version)
    return contracts.version_of(name)


def _answer(version: Any, email: str, slug: str, said: Said, reason: str = "") -> None:
    team = Team.objects.get(slug=slug)
    asked = [one for one in selectors.answers_of(version) if one.team == team and one.latest is None]
    if asked and selectors.answers_are_asked(version):
        user = User.objects.get(email=email)
        services.answer(user=user, version=version, team_id=team.pk, said=said, reason=reason, key=uuid4())


def _subscribe() -> None:
    """The auditor follows one contract, a consumer a whole team, and a team what feeds its assets."""
    people = {name: User.objects.get(email=f"{name}@demo.example.com") for name in ("aud", "cleo", "mia")}
    orders = contracts.version_of("orders_v1").contract
    services.subscribe(user=people["aud"], contract=orders)
    services.subscribe(user=people["cleo"], owned_by=Team.objects.get(slug="data-platform"))
    ml_platform = Team.objects.get(slug="ml-platform")
    services.subscribe(user=people["mia"], for_team=ml_platform, upstream_of=ml_platform)
