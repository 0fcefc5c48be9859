"""Sets by hand what no contract of the demo promises: the lag of the vector index and the drift of a feature."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from portal.core.catalog.selectors import asset_named
from portal.core.identity.models import Team, User
from portal.demo.estate.names import EVENTS, PROFILE, SEMANTIC, Named
from slo_app.indicators.registry import find
from slo_app.services.by_hand import create_slo

OWNER = "ana@demo.example.com"


@dataclass(frozen=True)
class ByHand:
    """One SLO: on what, of which kind, whose alert, and the indicator's own settings."""

    named: Named
    kind: str
    name: str
    team: str
    element: str
    settings: dict[str, Any]
    interval: timedelta


SLOS = (
    ByHand(
        SEMANTIC, "vector_sync_lag", "behind the events", "ml-platform", "vectorized_at",
        {"source": f"{EVENTS.namespace}/{EVENTS.name}", "element": "event_ts", "key": "customer_id"},
        timedelta(minutes=1),
    ),
    ByHand(PROFILE, "drift", "spend_usd", "mlops", "spend_usd", {}, timedelta(minutes=2)),
)  # fmt: skip


def build() -> None:
    """Make what is missing: the key of each is its own, so a second build finds it."""
    user = User.objects.get(email=OWNER)
    for each in SLOS:
        asset = asset_named(each.named.namespace, each.named.name)
        key = uuid5(NAMESPACE_URL, f"{each.named.namespace}/{each.named.name}#{each.kind}:{each.name}")
        assert asset is not None, "the catalog is built before"
        create_slo(user=user, asset=asset, kind=each.kind, facts=_facts(each), key=key)


def _facts(each: ByHand) -> dict[str, Any]:
    """The indicator's own bounds and runbook, which are the programme's."""
    indicator = find(each.kind)
    assert indicator is not None, "every kind of the catalog is installed"
    given = indicator.defaults
    assert given.objective is not None, "both are thresholds"
    return {
        "name": each.name,
        "settings": each.settings,
        "element": each.element,
        "interval": each.interval,
        "target_op": given.target[0],
        "target_value": given.target[1],
        "alert_op": given.alert[0],
        "alert_value": given.alert[1],
        "hold": given.hold,
        "clear_for": given.hold,
        "objective": given.objective,
        "owner_team": Team.objects.get(slug=each.team),
        "runbook": [{"phase": phase, "text": text} for phase, texts in given.runbook.items() for text in texts],
    }
