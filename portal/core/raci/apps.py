"""RACI as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class RaciConfig(AppConfig):
    name = "portal.core.raci"
    label = "raci"
    verbose_name = "RACI"

    def ready(self) -> None:
        """Import what registers itself."""
        for module in ("evidence_kinds", "notice_subjects", "rights", "panels", "worklists"):
            import_module(f"portal.core.raci.{module}")
