"""The SLO rooms as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class SloConfig(AppConfig):
    name = "slo_app"
    label = "slo_app"
    verbose_name = "SLOs"

    def ready(self) -> None:
        """Import what registers itself: kinds of evidence, consumers, the asset panel, the worklist."""
        for module in (
            "evidence_kinds",
            "notice_subjects",
            "consumers",
            "panels",
            "services.readiness",
        ):
            import_module(f"slo_app.{module}")
