"""What can be in a pack: one function a subject, which gives its items one by one, within a person's rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from contracts_app.selectors.packs import versions_signed, waivers_signed
from contracts_app.services import build_contract_bundle
from contracts_app.services.waiver_bundles import build_waiver_bundle
from portal.core.evidence.domain.canonical import canonical_bytes, digest
from portal.core.evidence.selectors import entries_with, inclusion_proof, read_artifact
from portal.core.evidence.services import EntryPending, build_bundle, place_of, record, sequence_all
from portal.core.identity.actors import system_actor
from portal.core.identity.policies import Act, may
from portal.pages.evidence.evidence_kinds import REPORTED
from privacy_app.selectors.packs import proofs_completed
from slo_app.selectors.packs import entries_of, facts_of, incidents_fired

AHEAD = 200
"""Rows fetched at a time."""
INCIDENT_NOT_COVERED = [
    "Whether the cause that people named is the true one.",
    "What was measured: the figures behind the alert are measurements, named in the entries.",
    "What was said by telephone or chat; the timeline has the kinds of what happened, not the words.",
]


@dataclass(frozen=True)
class Item:
    """One bundle of a pack: its name there, what it is, when it happened, and how it is made."""

    name: str
    title: str
    at: datetime
    make: Callable[[], bytes]


@dataclass(frozen=True)
class Subject:
    """A kind of thing that packs hold: `rows` of a period, and each row as an item."""

    key: str
    label: str
    rows: Callable[[datetime, datetime], Any]
    owned: Callable[[Any], Any]
    item: Callable[[Any], Item]

    def items(self, user: Any, begin: datetime, end: datetime) -> Iterator[Item]:
        """The items that the person may read; a row that they may not is passed over without a word."""
        for row in self.rows(begin, end).iterator(AHEAD):
            if may(user, Act.READ_EVIDENCE, self.owned(row)):
                yield self.item(row)


def _deletion(request: Any) -> Item:
    def make() -> bytes:
        if not request.bundle_digest:
            raise EntryPending("Its bundle is being made: ask for the pack again in a minute.")
        return read_artifact(request.bundle_digest)

    return Item(f"deletions/{request.req_id}.zip", f"Deletion proof {request.req_id}", request.completed_at, make)


def _contract(version: Any) -> Item:
    name = f"contracts/{version.contract.name}-{version.number}.zip"
    title = f"Signatures under {version.contract.name} {version.number}"
    return Item(name, title, version.signed_last, lambda: build_contract_bundle(version))


def _waiver(waiver: Any) -> Item:
    return Item(f"waivers/{waiver.pk}.zip", str(waiver), waiver.signed_at, lambda: build_waiver_bundle(waiver))


def _incident(incident: Any) -> Item:
    title = f"{incident.number} about {incident.slo.asset.key}"
    return Item(f"incidents/{incident.number}.zip", title, incident.fired_at, lambda: _incident_bundle(incident))


def _incident_bundle(incident: Any) -> bytes:
    """An incident has no document of its own: what is known is written down now, and the ledger keeps its digest."""
    entries = entries_of(incident)
    proof = facts_of(incident, entries)
    name = digest(canonical_bytes(proof))
    entry = entries_with(name).filter(kind=REPORTED.name).first()
    if entry is None:
        with transaction.atomic():
            payload = {"incident": incident.number, "asset": incident.slo.asset.key, "digest": name}
            team = next(iter(incident.team_ids()), None)
            entry = record(REPORTED, actor=system_actor("evidence.packs"), payload=payload, team_id=team)
        sequence_all()
    files = {"life.json": canonical_bytes([inclusion_proof(*place_of(each)) for each in entries])}
    if incident.postmortem:
        files["postmortem.md"] = incident.postmortem.encode()
    return build_bundle(proof=proof, entry=entry, files=files, not_covered=INCIDENT_NOT_COVERED)


SUBJECTS = {
    each.key: each
    for each in (
        Subject("deletions", "Deletion proofs", proofs_completed, lambda row: row, _deletion),
        Subject("contracts", "Signatures under contracts", versions_signed, lambda row: row.contract, _contract),
        Subject("incidents", "SLO incidents, resolved", incidents_fired, lambda row: row, _incident),
        Subject("waivers", "Waivers of gates", waivers_signed, lambda row: row, _waiver),
    )
}
