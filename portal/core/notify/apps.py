"""The outbox as a Django app."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "portal.core.notify"
    label = "notify"
