"""The events room as a Django app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "portal.core.events"
    label = "events"
