"""Proposals: who may make one, what stands against it, who signs, and what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from portal.core.catalog.selectors import asset_of_key
from portal.core.identity.policies import Act, may, require

from ..domain import signers
from ..domain.changes import RowChange
from ..domain.matrix import Row as PureRow
from ..domain.matrix import RowKind
from ..domain.rules import refusals
from ..models import Change, Demand, Proposal, Row
from .directory import Directory, directory, holders_of_user, standings
from .matrix import KEEPER, asset_lines

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset
    from portal.core.identity.models import User


@dataclass(frozen=True, slots=True)
class Subject:
    """What a right to propose is asked for: an asset's team, or no team for a workstream."""

    asset: Asset | None = None

    def team_ids(self) -> set[int]:
        """Teams whose owners may propose the row."""
        return self.asset.team_ids() if self.asset else set()


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal before it is made: its changes, who signs, who stands behind everybody, and what forbids it."""

    changes: Sequence[RowChange]
    demands: Sequence[signers.Demand]
    known: Directory
    refused: Sequence[str]
    assets: dict[str, Asset]


def may_propose(user: Any, asset: Asset | None) -> bool:
    """Whether the person may propose the row of this asset, or (None) of a workstream."""
    return may(user, Act.PROPOSE_RACI, Subject(asset))


def require_propose(user: Any, asset: Asset | None) -> None:
    """Raise PermissionDenied where `may_propose` says no."""
    require(user, Act.PROPOSE_RACI, Subject(asset))


def draft_of(rows: Sequence[PureRow], *, out: Sequence[str] = ()) -> Draft:
    """What changing the matrix to these rows means; `out` are keys of rows that are taken out of it."""
    keys = [row.key for row in rows] + list(out)
    stored = {row.key: row.row for row in Row.objects.filter(key__in=keys)}
    wanted: list[tuple[str, PureRow | None]] = [(row.key, row) for row in rows]
    wanted += [(key, None) for key in out]
    changes = [RowChange(key, stored.get(key), after) for key, after in wanted if stored.get(key) != after]
    assets = _assets(keys)
    derived = {line.row.key: line.row for line in asset_lines(assets.values()) if not line.signed}
    known = _known(changes, derived)
    able = {holder for holder, behind in known.items() if behind.speakers}
    needed = signers.demands(changes, now=derived, able=able, keeper=KEEPER)
    return Draft(changes, needed, known, _refused(keys, changes, needed, known, assets), assets)


def open_change(keys: Iterable[str]) -> Change | None:
    """A change of one of these rows that waits for signatures."""
    found = Change.objects.filter(row_key__in=list(keys), open=True)
    return found.select_related("proposal__proposed_by").first()


def proposals(reader: Any) -> QuerySet[Proposal]:
    """Every proposal with its changes and signatures, newest first."""
    require(reader, Act.READ)
    return Proposal.objects.select_related("proposed_by", "version").prefetch_related(
        "changes", Prefetch("demands", Demand.objects.select_related("user", "signature"))
    )


def proposal_for(reader: Any, pk: int) -> Proposal:
    """One proposal; Http404 where there is none."""
    found = proposals(reader).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such proposal.")
    return found


def demand_for(user: User, proposal: Proposal) -> Demand | None:
    """The signature that this person could give now, or None."""
    if why_not_sign(user, proposal):
        return None
    mine = _open_demands(user, proposal)
    return next((each for each in mine if _others_can(user, proposal, each)), mine[0])


def why_not_sign(user: User, proposal: Proposal) -> str:
    """Why the person may not sign, as a sentence; empty where they may."""
    if not proposal.is_open:
        return f"{proposal} is {proposal.get_state_display().lower()}; only an open one can be signed."
    mine = holders_of_user(user)
    asked = [demand for demand in proposal.demands.all() if demand.holder in mine]
    if not asked:
        names = ", ".join(demand.label for demand in proposal.demands.all() if demand.user_id is None)
        return f"{proposal} waits for {names}; you stand behind none of them."
    if any(demand.user_id == user.pk for demand in proposal.demands.all()):
        return "You have signed it; one person never gives two roles' signatures."
    return "" if _open_demands(user, proposal) else "It is already signed for everything that you could sign as."


def stands_behind(user: User, proposal: Proposal) -> bool:
    """Whether the proposal asks a holder behind whom this person stands, signed already or not."""
    mine = holders_of_user(user)
    return any(demand.holder in mine for demand in proposal.demands.all())


def to_sign(user: User) -> list[tuple[Proposal, Demand]]:
    """Open proposals that wait for this person, oldest first."""
    waiting = Demand.objects.filter(proposal__state="open", user=None).select_related("proposal").order_by("pk")
    waiting_now = list(waiting)
    if not waiting_now:
        return []
    mine = holders_of_user(user)
    found = {each.proposal_id: each for each in reversed(waiting_now) if each.holder in mine}
    given = Demand.objects.filter(proposal__in=found, user=user).values_list("proposal", flat=True)
    signed = set(given) if found else set()
    return [(each.proposal, each) for pk, each in sorted(found.items()) if pk not in signed]


def may_withdraw(user: Any, proposal: Proposal) -> bool:
    """The proposer may, and whoever may propose workstreams (the head of data)."""
    return proposal.is_open and (proposal.proposed_by_id == user.pk or may_propose(user, None))


def _others_can(user: User, proposal: Proposal, taken: Demand) -> bool:
    """Whether, after this person signed that one, each of the others still has somebody else to sign it."""
    if len(_open_demands(user, proposal)) == 1:
        return True
    gone = {each.user_id for each in proposal.demands.all()} | {user.pk}
    left = [each.holder for each in proposal.demands.all() if each.user_id is None and each.pk != taken.pk]
    known = directory(left)
    people = {holder: [each.pk for each in known[holder].speakers if each.pk not in gone] for holder in left}
    return signers.enough(left, people)


def _open_demands(user: User, proposal: Proposal) -> list[Demand]:
    mine = holders_of_user(user)
    return [demand for demand in proposal.demands.all() if demand.holder in mine and demand.user_id is None]


def _assets(keys: Iterable[str]) -> dict[str, Asset]:
    """The assets of those keys that name one, by key."""
    prefix = f"{RowKind.ASSET.value}:"
    found = {key: asset_of_key(key.removeprefix(prefix)) for key in keys if key.startswith(prefix)}
    return {key: asset for key, asset in found.items() if asset is not None}


def _known(changes: Iterable[RowChange], derived: dict[str, PureRow]) -> Directory:
    rows = [row for change in changes for row in (change.before, change.after, derived.get(change.key)) if row]
    return directory({seat.holder for row in rows for seat in row.seats} | {KEEPER})


def _refused(
    keys: Sequence[str],
    changes: Sequence[RowChange],
    needed: Sequence[signers.Demand],
    known: Directory,
    assets: dict[str, Asset],
) -> list[str]:
    """Everything that forbids it, in sentences."""
    if not changes:
        return ["Nothing would change: these rows are in force as they are."]
    states = standings(known)
    found = [said for change in changes if change.after for said in refusals(change.after, states)]
    found += [
        f"The catalog has no asset {key.partition(':')[2]}: register it first."
        for key in keys
        if key.startswith(RowKind.ASSET.value) and key not in assets
    ]
    touched = open_change(keys)
    if touched is not None:
        found.append(
            f"{touched.proposal} by {touched.proposal.proposed_by} already changes {touched.title} and waits for "
            "signatures: sign it or have it withdrawn first."
        )
    return found or _not_enough(needed, known)


def _not_enough(needed: Sequence[signers.Demand], known: Directory) -> list[str]:
    people = {one.holder: [user.pk for user in known[one.holder].speakers] for one in needed}
    empty = [known[one.holder].label for one in needed if not people[one.holder]]
    if empty:
        return [f"Nobody active could sign as {', '.join(empty)}: give somebody that role or post first."]
    if not signers.enough([one.holder for one in needed], people):
        labels = " and ".join(known[one.holder].label for one in needed)
        return [f"Too few people stand behind {labels}: nobody gives two signatures. Name one more person for one."]
    return []
