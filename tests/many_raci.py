"""Rows of the RACI for tests of many rows: posts, workstreams, assets with and without a signed row, proposals."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

from portal.core.catalog.models import Asset
from portal.core.identity.models import User
from portal.core.raci.domain.documents import version_document
from portal.core.raci.domain.matrix import Row as PureRow
from portal.core.raci.domain.matrix import as_json, seats_of
from portal.core.raci.models import Change, Demand, Post, PostHolder, Proposal, Row, Version

if TYPE_CHECKING:
    from tests.many_rows import Ground


def raci(ground: Ground, numbers: range) -> None:
    """For each number a post, two tier-1 assets (one with a signed row), a workstream, a version, an open proposal."""
    for n in numbers:
        post = Post.objects.create(slug=f"post-{n}", name=f"Post {n}", changed_at=ground.at)
        person = User.objects.create(email=f"post-{n}@example.org", name=f"Post holder {n}")
        PostHolder.objects.create(post=post, user=person, since=ground.at)
        signed, plain = (_asset(ground, f"raci_{n:06d}"), _asset(ground, f"raci_plain_{n:06d}"))
        duties = {"R": ["team:platform"], "A": [f"post:post-{n}"], "C": ["role:auditor"]}
        stream = PureRow(f"workstream:stream-{n}", f"Stream {n}", seats_of(duties))
        row = PureRow(f"asset:{signed.key}", signed.name, seats_of(duties))
        version = _version(ground, n, {each.key: each for each in (stream, row)}, signed)
        _row(stream, version, None)
        _row(row, version, signed)
        _open(ground, PureRow(f"asset:{plain.key}", plain.name, seats_of(duties)), plain)


def _asset(ground: Ground, name: str) -> Asset:
    return Asset.objects.create(
        namespace="raci", name=name, kind="table", tier=1, tier_reason="money", owner_team=ground.team
    )


def _version(ground: Ground, n: int, matrix: dict[str, PureRow], asset: Asset) -> Version:
    made = _proposal(ground, "in_force")
    for row in matrix.values():
        about = asset if row.key.startswith("asset:") else None
        Change.objects.create(
            proposal=made, row_key=row.key, title=row.title, asset=about, after=as_json(row), open=False
        )
    Demand.objects.create(
        proposal=made, holder=f"post:post-{n}", label=f"Post {n}", capacity="accountable then", user=None
    )
    document = version_document(n + 1, matrix)
    return Version.objects.create(
        number=n + 1, document=document, digest=_digest(n), proposal=made, in_force_at=ground.at
    )


def _row(row: PureRow, version: Version, asset: Asset | None) -> None:
    Row.objects.create(
        key=row.key, kind=row.kind.value, slug="" if asset else row.key.partition(":")[2], title=row.title,
        asset=asset, accountable=row.accountable, data=as_json(row), version=version,
    )  # fmt: skip


def _open(ground: Ground, row: PureRow, asset: Asset) -> None:
    made = _proposal(ground, "open")
    Change.objects.create(proposal=made, row_key=row.key, title=row.title, asset=asset, after=as_json(row))
    Demand.objects.create(proposal=made, holder=row.accountable, label="A post", capacity="accountable then")


def _proposal(ground: Ground, state: str) -> Proposal:
    return Proposal.objects.create(
        state=state, reason="As the charter has it.", digest=_digest(state), key=uuid.uuid4(),
        proposed_by=ground.owner, proposed_at=ground.at,
    )  # fmt: skip


def _digest(text: object) -> str:
    return f"sha256:{hashlib.sha256(str(text).encode()).hexdigest()}"
