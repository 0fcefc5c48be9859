"""A receiver of Alertmanager webhooks: we send what Alertmanager itself would send it, version 4."""

from typing import Any

from django.conf import settings

from portal.core.notify.alertmanager_form import alert
from portal.core.notify.base import Asks, Channel, Letter
from portal.core.notify.outgoing import bearer, post_json, split_address
from portal.core.notify.registry import channel


@channel("alertmanager_webhook", "Receiver of Alertmanager webhooks")
class AlertmanagerWebhook(Channel):
    """POST of a webhook of version 4 with one alert (prometheus/alertmanager, notify/webhook/webhook.go). The form
    knows firing and resolved only, so an acknowledgement is not sent."""

    actions = frozenset({"trigger", "resolve"})
    asks = Asks.URL_AND_KEY
    secret_help = "Reference to a bearer token, where the receiver wants one."  # noqa: S105 - a sentence

    def deliver(self, letter: Letter) -> None:
        url, reference = split_address(letter.address)
        post_json(url, webhook(letter), bearer(reference))


def webhook(letter: Letter) -> dict[str, Any]:
    """The whole document; its one alert makes its common labels and annotations."""
    one = alert(letter)
    name = one["labels"]["alertname"]
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{name}", custody_key="{one["labels"]["custody_key"]}"}}',
        "truncatedAlerts": 0,
        "status": one["status"],
        "receiver": str(letter.details.get("team") or "custody"),
        "groupLabels": {"alertname": name, "custody_key": one["labels"]["custody_key"]},
        "commonLabels": one["labels"],
        "commonAnnotations": one["annotations"],
        "externalURL": settings.BASE_URL,
        "alerts": [one],
    }
