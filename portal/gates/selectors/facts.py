"""The facts of one question, read once each from the rooms below and shared by the gates; no rule is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from contracts_app import selectors as contracts
from contracts_app.domain.compare import Verdict, compare_all
from contracts_app.domain.document import Loaded, load
from lineage_app import selectors as lineage
from portal.core.catalog.selectors import asset_of_key, assets_by_id, resolve_asset
from portal.gates.domain.changes import InUse, Proposal
from portal.gates.domain.contracts import UnderContract
from portal.gates.domain.coverage import HopFact
from portal.gates.domain.lineage import DAYS
from portal.gates.domain.question import Question, Subject

if TYPE_CHECKING:
    from portal.core.catalog.models import Asset

WEEK = timedelta(days=DAYS)


@dataclass
class Resolved:
    """One thing that the job writes or reads, with the contract and the asset that its words mean."""

    subject: Subject

    @cached_property
    def contract(self) -> Any:
        """The contract that is named, else the one that the asset is under."""
        if self.subject.contract:
            return contracts.contract_named(self.subject.contract)
        version = contracts.active_version(self.asset.pk) if self.asset else None
        return version.contract if version else None

    @cached_property
    def asset(self) -> Asset | None:
        """The asset of the contract, else the one that the text names."""
        if not self.subject.contract:
            return asset_of_text(self.subject.asset)
        if self.contract is not None and self.contract.asset is not None:
            known: Asset = self.contract.asset
            return known
        named = self.version is not None and self.version.loaded.ok  # before the first activation its document says it
        return contracts.asset_of(self.version) if named else resolve_asset(self.subject.contract)

    @property
    def names(self) -> set[str]:
        """What the words say it is called: the asset's name, and the one that the contract's file says."""
        document = self.loaded.document if self.subject.content else None
        said = f"{document.asset.namespace}/{document.asset.name}" if document else ""
        return {self.subject.asset, said} - {""}

    @cached_property
    def version(self) -> Any:
        """The version that counts: the deprecated one that is named, else the active one, else the newest."""
        return contracts.counting_version(self.contract, self.subject.version) if self.contract else None

    @cached_property
    def under(self) -> UnderContract:
        """What gate 1 judges."""
        key = self.asset.key if self.asset else self.subject.asset or self.subject.contract
        contract, version = self.contract, self.version
        if contract is None or version is None:
            return UnderContract(
                key, owner=_team(self.asset), contract=contract.name if contract else "", state="empty"
            )
        return UnderContract(
            key=key,
            contract=contract.name,
            state=version.state,
            number=version.number,
            digest=version.digest,
            missing=tuple(contracts.missing_signatures(version)),
            owner=str(contract.owner_team or ""),
            waits=contracts.next_blocker(version),
            until=f"{version.deprecated_until:%Y-%m-%d}" if version.deprecated_until else "",
        )

    @property
    def is_signed_file(self) -> bool:
        """Whether the file has the hash of the version in force."""
        return self.under.state == "active" and self.subject.digest == self.under.digest

    @cached_property
    def loaded(self) -> Loaded:
        """The contract file, read again here: what a pipeline says of its hash is not trusted."""
        return load(self.subject.content)

    @cached_property
    def comparison(self) -> Verdict | None:
        """The file against every version in force; None where there is none, or where it cannot be read."""
        if self.contract is None or not self.loaded.ok:
            return None
        active, deprecated = contracts.in_force_of(self.contract)
        old = [each.loaded for each in deprecated]
        if active is None and not old:
            return None
        return compare_all(self.loaded, active=active.loaded if active else None, deprecated=old)

    @cached_property
    def of_this_hash(self) -> Any:
        """The newest version with the file's hash."""
        return contracts.version_with_digest(self.contract, self.loaded.digest or "") if self.contract else None

    @cached_property
    def proposal(self) -> Proposal | None:
        """That version, and what stands between it and force."""
        found = self.of_this_hash
        return Proposal(found.number, found.state, contracts.conditions_of(found)) if found else None

    @cached_property
    def waivers(self) -> list[InUse]:
        """The waivers in force of rows of its change report."""
        found = contracts.waivers_for(self.of_this_hash) if self.of_this_hash else []
        return [InUse(one.pk, one.rule, one.path) for one in found]


class Case:
    """One question with its facts; raises lineage's EventRefused where an event of it is none."""

    def __init__(self, question: Question, at: datetime) -> None:
        self.question = question
        self.at = at
        self.writes = [Resolved(_true(subject)) for subject in question.writes]
        self.reads = [Resolved(subject) for subject in question.reads]
        self.told = lineage.runs_in_events(question.events, question.namespace, question.name)

    @cached_property
    def runs(self) -> list[lineage.Ran]:
        """Completed runs of the job within seven days, the latest first."""
        return lineage.completed_runs(self.question.namespace, self.question.name, since=self.at - WEEK)

    @cached_property
    def outputs_seen(self) -> list[lineage.Wrote]:
        """What the job wrote within seven days."""
        return lineage.outputs_of_job(self.question.namespace, self.question.name, since=self.at - WEEK)

    @cached_property
    def job_is_known(self) -> bool:
        """Whether lineage knows the job at all."""
        return lineage.job_is_known(self.question.namespace, self.question.name)

    @cached_property
    def events_waiting(self) -> int:
        """Events that are kept and not in the graph yet."""
        return lineage.events_waiting()

    @cached_property
    def covered(self) -> set[str]:
        """Every name of what custody.yaml says the job writes: keys of assets, and the names of their datasets."""
        named = {name for touched in self.writes for name in touched.names}
        assets = [touched.asset for touched in self.writes if touched.asset]
        datasets = (f"{one.namespace}/{one.name}" for asset in assets for one in lineage.datasets_of_asset(asset.pk))
        return named | {asset.key for asset in assets} | set(datasets)

    @cached_property
    def hops(self) -> list[HopFact]:
        """The hops of tier-1 flows that end in what the job writes, by custody.yaml or as it was seen."""
        ends = {touched.asset.pk for touched in self.writes if touched.asset}
        ends |= {one.asset_id for one in self.outputs_seen if one.asset_id}
        found = lineage.coverage(self.at, ends=ends).hops if ends else ()
        provers = lineage.provers_of_hops(found)
        return [self._hop(hop, provers.get(hop.judged.job or 0, set())) for hop in found]

    def _hop(self, hop: Any, provers: set[tuple[str, str]]) -> HopFact:
        start = f"{hop.src.namespace}/{hop.src.name}" if hop.src else ""
        told = any(hop.src and hop.src.pk in reads and hop.dst.pk in writes for reads, writes in self._told_assets)
        return HopFact(
            start=start,
            end=f"{hop.dst.namespace}/{hop.dst.name}",
            flows=tuple(each.name for each in hop.flows),
            covered=hop.covered,
            seen=hop.judged.seen,
            told=told,
            by_other="" if (self.question.namespace, self.question.name) in provers else _first(provers),
            owner=hop.dst.team_name or "",
        )

    @cached_property
    def _told_assets(self) -> list[tuple[set[int], set[int]]]:
        """What this CI run's whole runs of the deployed commit read and wrote, as ids of assets."""
        same = [run for run in self.told if self.question.commit and run.sha == self.question.commit]
        return [(_ids(run.inputs), _ids(run.outputs)) for run in same]

    def key_of(self, asset_id: int | None) -> str:
        """The key of an asset that lineage named by its id."""
        return self._keys.get(asset_id, "") if asset_id else ""

    @cached_property
    def _keys(self) -> dict[int, str]:
        wanted = {one.asset_id for one in self.outputs_seen if one.asset_id}
        return {pk: asset.key for pk, asset in assets_by_id(wanted).items()}


def asset_of_text(text: str) -> Asset | None:
    """The asset that a text means: an alias, a name that only one has, or namespace/name."""
    return resolve_asset(text) or asset_of_key(text)


def _ids(names: Iterable[str]) -> set[int]:
    return {asset.pk for asset in map(asset_of_text, names) if asset}


def _first(provers: set[tuple[str, str]]) -> str:
    return "/".join(min(provers)) if provers else ""


def _true(subject: Subject) -> Subject:
    """The subject with the hash that its content really has."""
    if not subject.content:
        return subject
    digest = load(subject.content).digest or ""
    return Subject(
        subject.asset, subject.contract, subject.version, subject.file, subject.line, digest, subject.content
    )


def _team(asset: Asset | None) -> str:
    return str(asset.owner_team) if asset and asset.owner_team else ""
