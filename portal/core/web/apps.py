"""The web floor as a Django app: it has no models, only template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "portal.core.web"
    label = "web"
