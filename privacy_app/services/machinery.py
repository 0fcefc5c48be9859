"""Between the tables and the connectors: how a step reaches its system, and how values are kept."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from portal.core.catalog import selectors as catalog
from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from privacy_app import sealing
from privacy_app.domain.verdict import Probe, Residual
from privacy_app.models import Request, Step
from privacy_app.selectors import plain_spellings


def reach(system: Any, kind: str) -> tuple[connectors.Erasable, connectors.SystemConfig]:
    """The connector of a system and its configuration for erasing. Raises ConnectorError where it has none."""
    connector = registry.capable(kind, connectors.Erasable)  # type: ignore[type-abstract]
    return connector, catalog.system_config(system, "erase")


def subject_of(request: Request) -> connectors.Subject:
    """The frozen set of identifiers, in clear, for the connectors only."""
    rows = request.resolved.select_related("request")
    return connectors.Subject.of(
        connectors.Identifier(row.kind, written) for row in rows for written in plain_spellings(row)
    )


def target_of(step: Step) -> connectors.Target:
    """The object that a step works on."""
    return connectors.Target(step.object_name, step.target_settings)


def place_of(placement: Any) -> connectors.Target:
    """The object where an asset lies."""
    return connectors.Target(placement.object_name, placement.settings)


def keep_found(step: Step, found: connectors.Found) -> None:
    """Seal what was found: keys and vectors are needed again to verify, and only then."""
    step.sealed_found = sealing.seal(step.request.key_name, found.dump())


def found_of(step: Step) -> connectors.Found | None:
    """What was found, or None before anybody looked."""
    if step.sealed_found is None:
        return None
    return connectors.Found.load(sealing.unseal(step.request.key_name, step.sealed_found))


def joined(first: connectors.Found | None, second: connectors.Found) -> connectors.Found:
    """Both findings: what was there when it was planned, and what came since."""
    if first is None:
        return second
    return connectors.Found(
        count=max(first.count, second.count),
        keys=tuple(dict.fromkeys((*first.keys, *second.keys))),
        vectors=tuple(dict.fromkeys((*first.vectors, *second.vectors))),
    )


def all_probes(
    connector: connectors.Erasable,
    config: connectors.SystemConfig,
    target: connectors.Target,
    subject: connectors.Subject,
    found: connectors.Found,
) -> dict[str, connectors.Probe]:
    """Ask all three ways; each speaks for itself."""
    return {
        "logical": connector.verify_logical(config, target, subject),
        "decoded": connector.verify_decoded(config, target, subject, found),
        "raw": connector.verify_raw(config, target, subject, found),
    }


def preview_of(plan: connectors.StepPlan) -> dict[str, Any]:
    """A connector's plan as JSON."""
    return dict(asdict(plan))


def probes_of(step: Step) -> dict[str, Probe]:
    """The kept readings as the domain knows them."""
    return {
        name: Probe(reading.get("before"), reading.get("after"), reading.get("reason", ""))
        for name, reading in sorted(step.probes.items())
    }


def residuals_of(step: Step) -> tuple[Residual, ...]:
    """The kept residuals as the domain knows them."""
    return residuals_from(step.residuals)


def residuals_from(kept: Iterable[Mapping[str, Any]]) -> tuple[Residual, ...]:
    """Residuals as JSON keeps them, as the domain knows them."""
    return tuple(_residual(each) for each in kept)


def _residual(kept: Mapping[str, Any]) -> Residual:
    expires = date.fromisoformat(kept["expires_on"]) if kept.get("expires_on") else None
    return Residual(kept["where"], expires, kept.get("hits"), tuple(kept.get("covers", ())))


def kept_residual(residual: connectors.Residual) -> dict[str, Any]:
    """A connector's residual as JSON."""
    expires = residual.expires_on.isoformat() if residual.expires_on else None
    kept = {"where": residual.where, "expires_on": expires, "hits": residual.hits}
    return {**kept, "covers": list(residual.covers)} if residual.covers else kept
