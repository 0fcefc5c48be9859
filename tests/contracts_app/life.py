"""Helpers of the tests about the life of a version: names registered, proposals made, signatures given."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from contracts_app import services
from contracts_app.models import Version
from portal.core.catalog.services import add_alias, add_team_address, adopt_asset
from portal.core.identity.actors import system_actor
from portal.core.signing.proofs import PasswordAndCode
from tests.people import World

EXAMPLE = (Path(__file__).parent / "data/customer_events_v1.yaml").read_bytes()
CONSUMED = EXAMPLE + b"\nconsumers: [{team: Product Analytics, purpose: funnels}]\n"
SIGNERS = ("ana", "hal", "pia")


def register_names(world: World) -> Any:
    """Register what the example names; the asset under contract."""
    actor = system_actor("tests")
    for text, kind in (("data-platform@company.com", "email"), ("#data-oncall", "channel")):
        add_team_address(text=text, team=world.platform, kind=kind)
    add_team_address(text="product-analytics@company.com", team=world.analytics, kind="email")
    asset = adopt_asset(
        actor=actor, namespace="demo", name="customer_events", tier=1, tier_reason="board KPI", kind="table"
    )
    add_alias(text="customer_events_v1", asset=asset)
    for name in ("features/customer_profile", "vectors/customer_semantic", "raw_lake/clickstream"):
        adopt_asset(actor=actor, namespace="demo", name=name)
    return asset


def propose(world: World, content: bytes = CONSUMED, user: str = "bob") -> Version:
    """A proposal of these bytes."""
    version = services.import_yaml(user=world.people[user], content=content)
    return services.propose(user=world.people[user], version=version, token=version.token, key=uuid.uuid4())


def sign(world: World, name: str, version: Version) -> Any:
    """One person's signature."""
    user = world.people[name]
    challenge = services.begin_signature(user=user, version=version)
    proof = PasswordAndCode(world.password, world.code(name))
    return services.sign(user=user, version=version, challenge_id=challenge.pk, proof=proof)


def signed(world: World, content: bytes = CONSUMED, names: tuple[str, ...] = SIGNERS) -> Version:
    """A proposal of these bytes with everybody's signature."""
    version = propose(world, content)
    for name in names:
        sign(world, name, version)
    return again(version)


def again(version: Version) -> Version:
    """The version as it stands in the database now."""
    return Version.objects.select_related("contract").get(pk=version.pk)
