"""Deletion requests and proofs as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings

from privacy_app.domain.risk import check_rules


class PrivacyConfig(AppConfig):
    name = "privacy_app"
    label = "privacy_app"
    verbose_name = "Deletion requests and proofs"

    def ready(self) -> None:
        """Import what registers itself: kinds of evidence and the worklist (Celery finds the tasks by itself)."""
        check_rules(settings.PRIVACY_HIGH_RISK_RULES)
        for module in ("evidence_kinds", "panels"):
            import_module(f"privacy_app.{module}")
