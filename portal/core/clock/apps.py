"""The clock as a Django app."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "portal.core.clock"
    label = "clock"
