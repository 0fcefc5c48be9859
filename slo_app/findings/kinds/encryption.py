"""Encryption: TLS seen on a connection of the probe, and encryption at rest attested by a person with a date."""

from __future__ import annotations

from datetime import date, timedelta

from portal.core.catalog.models import DataSystem
from portal.core.catalog.selectors import placements_of, system_config
from portal.core.connectors.base import ConnectorError
from portal.core.connectors.registry import kinds as connectors

from ...models import Attestation
from ..base import Case, Document, Fact, FindingKind, finding

VALID = timedelta(days=365)


@finding("encryption")
class Encryption(FindingKind):
    """What the contract names of `at_rest` and `in_transit`, for each system that holds the asset."""

    label = "Encryption"
    promise = "TLS on the connection; encryption at rest attested within a year"

    def promised(self, document: Document) -> str:
        return " and ".join(sorted(each.replace("_", " ") for each in document.encryption))

    def look(self, case: Case) -> list[Fact]:
        systems = {place.system_id: place.system for place in placements_of(case.asset)}
        facts = []
        for system in systems.values():
            if "in_transit" in case.document.encryption:
                facts.append(_in_transit(system))
            if "at_rest" in case.document.encryption:
                facts.append(_at_rest(system, case.today))
        return facts or [Fact(None, "No system is recorded for this asset. Add a placement.")]


def _in_transit(system: DataSystem) -> Fact:
    connector = connectors().get(system.kind)
    if connector is None:
        return Fact(None, f"{system}: no connector for “{system.kind}” is installed, so its connections are unknown.")
    try:
        seen = connector.transit(system_config(system))
    except ConnectorError as error:
        return Fact(None, f"{system}: {error}")
    return Fact(seen.protected, f"{system}: {seen.words}")


def _at_rest(system: DataSystem, today: date) -> Fact:
    """Nothing outside a store can see whether its disks are encrypted, so a person's word with a date stands for it."""
    newest = Attestation.objects.filter(system=system).select_related("made_by").first()
    if newest is None:
        return Fact(False, f"{system}: nobody has attested that it is encrypted at rest. Attest it on this page.")
    if today - newest.attested_on > VALID:
        return Fact(False, f"{system}: encryption at rest was last attested on {newest.attested_on}. Attest it anew.")
    return Fact(True, f"{system}: encrypted at rest, attested on {newest.attested_on} by {newest.made_by.name}.")
