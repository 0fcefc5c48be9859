"""Prometheus' Alertmanager itself: alerts are posted to its API, and it does with them what its routes say."""

from datetime import datetime, timedelta
from typing import Any

from portal.core.clock.services import now
from portal.core.notify.alertmanager_form import alert
from portal.core.notify.base import Asks, Channel, Letter
from portal.core.notify.outgoing import bearer, post_json, split_address
from portal.core.notify.registry import channel

KEPT_FIRING = timedelta(days=7)
"""Without an end Alertmanager takes an alert that is not sent again for resolved after five minutes."""
CLOCKS_APART = timedelta(minutes=1)
"""An end in Alertmanager's future is no end to it: of two ends the later one would win (types.Alert.Merge)."""


@channel("alertmanager", "Alertmanager")
class Alertmanager(Channel):
    """POST of a list of alerts to `URL/api/v2/alerts` (prometheus/alertmanager, api/v2/openapi.yaml)."""

    actions = frozenset({"trigger", "resolve"})
    asks = Asks.URL_AND_KEY
    secret_help = "Reference to a bearer token, where a proxy before Alertmanager wants one."  # noqa: S105 - a sentence

    def deliver(self, letter: Letter) -> None:
        url, reference = split_address(letter.address)
        post_json(f"{url.rstrip('/')}/api/v2/alerts", [pushed(letter, now())], bearer(reference))


def pushed(letter: Letter, at: datetime) -> dict[str, Any]:
    """The alert as the API takes it: it says itself until when it fires."""
    one = alert(letter)
    ends = _ended(one) if one["status"] == "resolved" else (at + KEPT_FIRING).isoformat()
    kept = ("labels", "annotations", "startsAt", "generatorURL")
    return {name: one[name] for name in kept} | {"endsAt": ends}


def _ended(one: dict[str, Any]) -> str:
    """A minute before it ended, and never before it began."""
    began, ended = datetime.fromisoformat(one["startsAt"]), datetime.fromisoformat(one["endsAt"])
    return max(began, ended - CLOCKS_APART).isoformat()
