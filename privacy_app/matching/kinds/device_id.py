"""Devices: a family's television, a shared tablet, a telephone that was sold."""

from privacy_app.matching.base import Rule
from privacy_app.matching.registry import rule


@rule("device_id", "device", "advertising_id", "idfa", "gaid")
class DeviceId(Rule):
    """Never one person's by nature, whatever a source says: each link to one waits for a person."""

    label = "device"
