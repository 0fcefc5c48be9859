"""On call as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class OnCallConfig(AppConfig):
    name = "portal.core.oncall"
    label = "oncall"
    verbose_name = "On call"

    def ready(self) -> None:
        """Import what registers itself."""
        for module in ("evidence_kinds", "panels"):
            import_module(f"portal.core.oncall.{module}")
