"""The demo estate as a Django app; only there with CUSTODY_DEMO=1."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "portal.demo"
    label = "demo"
