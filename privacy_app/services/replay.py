"""Replaying the suppression list on a restored system: who was erased is found by token, erased again, and looked for.

A backup brings back what was erased after it was taken, so only tokens with `erased_at` after `taken_at` are compared:
whoever is in a younger backup came back as a new customer. What a law or a hold keeps in this system stays.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.core.catalog import selectors as catalog
from portal.core.clock.services import now
from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from portal.core.evidence.actors import Actor
from portal.core.evidence.services import record
from privacy_app import evidence_kinds as kinds
from privacy_app.domain.artifact import rfc3339
from privacy_app.domain.verdict import Probe, Verdict, judge
from privacy_app.selectors import tokens_against
from privacy_app.services import leasing, listing, machinery


class ReplayRefused(RuntimeError):
    """The list cannot be replayed now; the sentence says why and what to do."""


@dataclass(frozen=True)
class Replay:
    """What became of one dataset; `left` counts identifiers still on the list, `sentence` is the probes' verdict."""

    dataset: str
    listed: int = 0
    matched: int = 0
    rows: int = 0
    left: int = 0
    clean: bool = True
    sentence: str = ""


@dataclass(frozen=True)
class Replayed:
    """A replay over a whole system; `unlistable` datasets could not be compared, so they keep it from going live."""

    system: str
    datasets: tuple[Replay, ...] = ()
    unlistable: tuple[str, ...] = ()
    entry: Any = field(default=None, repr=False)

    @property
    def clean(self) -> bool:
        return not self.unlistable and all(each.clean for each in self.datasets)

    def total(self, name: str) -> int:
        """The sum of one count over the datasets."""
        return sum(getattr(each, name) for each in self.datasets)

    @property
    def sentence(self) -> str:
        if self.unlistable:
            names = ", ".join(self.unlistable)
            return f"These datasets cannot list identifiers, so they were not compared: {names}."
        if bad := [each for each in self.datasets if not each.clean]:
            return f"{bad[0].dataset} is not clean: {bad[0].sentence}"
        return f"{self.total('matched')} of {self.total('listed')} identifiers were on the list and were erased."

    def kept(self) -> list[dict[str, Any]]:
        """The datasets as a row keeps them: counts and sentences, no identifier."""
        return [asdict(each) for each in self.datasets]


@dataclass(frozen=True)
class Reached:
    """The configurations by which a system is read and erased from: its own, or those of a scratch copy."""

    probe: connectors.SystemConfig
    erase: connectors.SystemConfig

    @classmethod
    def of(cls, system: Any) -> "Reached":
        """The live system's."""
        return cls(catalog.system_config(system, "probe"), catalog.system_config(system, "erase"))


def replay(
    system: Any,
    actor: Actor,
    *,
    taken_at: datetime | None = None,
    reached: Reached | None = None,
    rehearsal: bool = False,
) -> Replayed:
    """Compare, erase, verify, and write it into the ledger.

    `taken_at` is the age of the backup; None compares with every token. `reached` leads elsewhere than to the live
    system. Raises ConnectorError where the system does not answer, ReplayRefused where it holds no known dataset or
    somebody else is at one of them.
    """
    places = [each for each in system.placements.select_related("asset") if listing.kinds_in(machinery.place_of(each))]
    if not places:
        raise ReplayRefused(f"No dataset of {system.name} says how a person is found in it: nothing can be compared.")
    way = reached or Reached.of(system)
    done: list[Replay] = []
    unlistable: list[str] = []
    for place in places:
        try:
            done.append(_told(_dataset(system, place, way, taken_at), place, way, rehearsal=rehearsal))
        except listing.NotListable:
            unlistable.append(place.asset.name)
    result = Replayed(system.name, tuple(done), tuple(unlistable))
    return _recorded(result, actor, taken_at, rehearsal=rehearsal)


def _told(done: Replay, place: Any, way: Reached, *, rehearsal: bool) -> Replay:
    """With what a restore brings back at all, where the kind of system can tell."""
    connector = registry.kinds().get(way.erase.kind)
    if not rehearsal or not isinstance(connector, connectors.Restorable):
        return done
    said = connector.restored(way.erase, machinery.place_of(place))
    return replace(done, sentence=" ".join(filter(None, (said, done.sentence))))


def _dataset(system: Any, place: Any, way: Reached, taken_at: datetime | None) -> Replay:
    target, dataset = machinery.place_of(place), place.asset.name
    tokens = tokens_against(system.name, dataset, after=taken_at)
    with leasing.one_worker_a_dataset(way.erase.name, place.object_name) as alone:
        if not alone:
            raise ReplayRefused(f"A deletion is under way in {dataset}. Replay again when it has ended.")
        seen = listing.compare(way.probe, target, tokens)
        if not seen.count:
            return Replay(dataset, listed=seen.listed, sentence="Nobody on the list was in it.")
        return _erased(dataset, target, way, seen, tokens)


def _erased(dataset: str, target: connectors.Target, way: Reached, seen: listing.Seen, tokens: Iterable[str]) -> Replay:
    """Delete, purge and verify; exclusive locks are free to take, since nobody uses the system before it is live."""
    connector = registry.capable(way.erase.kind, connectors.Erasable)  # type: ignore[type-abstract]
    subject = seen.subject()
    found = connector.discover(way.erase, target, subject)
    deleted = connector.delete(way.erase, target, subject, still_mine=_always)
    connector.purge(way.erase, target, subject, found, allow_exclusive=True, still_mine=_always)
    judgement = judge(*_probed(connector, way.erase, target, subject, found))
    left = listing.compare(way.probe, target, list(tokens)).count
    return Replay(
        dataset,
        listed=seen.listed,
        matched=seen.count,
        rows=max(found.count, deleted.rows),
        left=left,
        clean=not left and judgement.verdict is not Verdict.FAILED,
        sentence=judgement.sentence,
    )


def _probed(
    connector: connectors.Erasable,
    config: connectors.SystemConfig,
    target: connectors.Target,
    subject: connectors.Subject,
    found: connectors.Found,
) -> tuple[dict[str, Probe], Any]:
    readings = (
        connector.verify_logical(config, target, subject),
        connector.verify_decoded(config, target, subject, found),
        connector.verify_raw(config, target, subject, found),
    )
    left = connector.residuals(config, target, subject, found, today=now().date())
    probes = {each.name: Probe(found.count, each.hits, each.reason) for each in readings}
    return probes, machinery.residuals_from(machinery.kept_residual(each) for each in left)


def _always() -> bool:
    """A replay holds the dataset's lock for its whole length; there is no lease that it could lose."""
    return True


@transaction.atomic
def _recorded(result: Replayed, actor: Actor, taken_at: datetime | None, *, rehearsal: bool) -> Replayed:
    payload: dict[str, str | int] = {
        "system": result.system,
        "taken_at": rfc3339(taken_at) if taken_at else "unknown",
        "listed": result.total("listed"),
        "matched": result.total("matched"),
        "rows": result.total("rows"),
        "left": result.total("left"),
        "unlistable": len(result.unlistable),
        "rehearsal": int(rehearsal),
    }
    entry = record(kinds.REPLAYED, actor=actor, payload=payload)
    return Replayed(result.system, result.datasets, result.unlistable, entry)
