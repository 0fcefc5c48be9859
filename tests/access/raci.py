"""Who reads the matrix, proposes rows of it, signs, and sets posts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from portal.core.catalog.models import Asset
from portal.core.clock.services import now
from portal.core.raci import services
from portal.core.raci.domain.matrix import Row, seats_of
from portal.core.raci.models import Change, Post, PostHolder, Proposal, Version
from portal.core.raci.models import Row as Stored
from tests.access_entry import ALL, Entry
from tests.people import World

REASON = "The team took the work over in May."
DUTIES = {"R": ["team:platform"], "A": ["role:head_of_data"], "I": ["post:ciso"]}


def ciso(world: World) -> Post:
    made, new = Post.objects.get_or_create(slug="ciso", defaults={"name": "CISO", "changed_at": now()})
    if new:
        PostHolder.objects.create(post=made, user=world.ada, since=now())
    return made


def an_asset(world: World) -> Asset:
    made, _ = Asset.objects.get_or_create(
        namespace="shop", name="orders", defaults={"tier": 1, "tier_reason": "money", "owner_team": world.platform}
    )
    return made


def asset(world: World) -> dict[str, int]:
    ciso(world)
    return {"pk": an_asset(world).pk}


def a_row(title: str = "Data contracts", **more: list[str]) -> Row:
    return Row(f"workstream:{title.lower().replace(' ', '-')}", title, seats_of(DUTIES | more))


def an_open_proposal(world: World) -> Proposal:
    ciso(world)
    return services.propose(user=world.hal, rows=[a_row()], reason=REASON, key=uuid4())


def proposal(world: World) -> dict[str, int]:
    return {"pk": an_open_proposal(world).pk}


def put_in_force(world: World, row: Row, number: int = 1) -> Version:
    """A version with one row, as the services leave it; without signatures, which tests/raci gives."""
    from portal.core.raci.domain.documents import version_document
    from portal.core.raci.domain.matrix import as_json

    made = Proposal.objects.create(
        state="in_force", reason=REASON, digest="sha256:0", key=uuid4(), proposed_by=world.hal, proposed_at=now()
    )
    Change.objects.create(proposal=made, row_key=row.key, title=row.title, after=as_json(row), open=False)
    version = Version.objects.create(
        number=number,
        document=version_document(number, {row.key: row}),
        digest="sha256:0",
        proposal=made,
        in_force_at=now(),
    )
    found = an_asset(world) if row.key.startswith("asset:") else None
    Stored.objects.create(
        key=row.key, kind=row.kind.value, slug="" if found else row.key.partition(":")[2], title=row.title, asset=found,
        accountable=row.accountable, data=as_json(row), version=version,
    )  # fmt: skip
    return version


def in_force(world: World) -> dict[str, Any]:
    ciso(world)
    put_in_force(world, a_row())
    return {}


def workstream(world: World) -> dict[str, str]:
    in_force(world)
    return {"slug": "data-contracts"}


def version(world: World) -> dict[str, int]:
    in_force(world)
    return {"number": 1}


def post(world: World) -> dict[str, str]:
    return {"slug": ciso(world).slug}


def wish(world: World) -> dict[str, str]:
    return {
        "title": "Lineage", "holder_1": "team:platform", "duty_1": "R", "holder_2": "role:head_of_data", "duty_2": "A",
        "reason": REASON, "step": "propose", "idempotency_key": str(uuid4()),
    }  # fmt: skip


KEEPER = {"head_of_data"}
"""Workstreams are the head of data's to propose; owners propose the rows of their assets (tests/raci)."""

ACCESS = [
    Entry("raci:matrix", ALL, in_force),
    Entry("raci:people", ALL, in_force),
    Entry("raci:gaps", ALL, in_force),
    Entry("raci:csv", ALL),
    Entry("raci:json", ALL),
    Entry("raci:workstream", ALL, workstream),
    Entry("raci:asset", ALL, asset),
    Entry("raci:propose", KEEPER),
    Entry("raci:propose", KEEPER, None, "post", wish),
    Entry("raci:proposals", ALL),
    Entry("raci:proposal", ALL, proposal),
    Entry("raci:sign", KEEPER, proposal),
    Entry("raci:sign", KEEPER, proposal, "post", {"challenge": "1"}),
    Entry("raci:withdraw", KEEPER, proposal),
    Entry("raci:withdraw", KEEPER, proposal, "post", {"reason": "Not this way."}),
    Entry("raci:versions", ALL),
    Entry("raci:version", ALL, version),
    Entry("raci:posts", ALL),
    Entry("raci:post", ALL, post),
    Entry("raci:post-add", {"administrator"}),
    Entry("raci:post-add", {"administrator"}, None, "post", {"name": "CTO", "stands_for": "people"}),
    Entry("raci:post-change", {"administrator"}, post),
    Entry("raci:post-change", {"administrator"}, post, "post", {"name": "CISO", "stands_for": "people"}),
]
