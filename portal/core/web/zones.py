"""Choosing a time zone by its name."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))


class ZoneField(forms.ChoiceField):
    """A time zone of the time zone database, UTC first."""

    def __init__(self, **more: Any) -> None:
        super().__init__(choices=[("UTC", "UTC"), *((zone, zone) for zone in ZONES)], **more)
