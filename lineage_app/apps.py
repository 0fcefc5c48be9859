"""Lineage as a Django app."""

from django.apps import AppConfig


class LineageConfig(AppConfig):
    name = "lineage_app"
    label = "lineage_app"
    verbose_name = "Lineage"

    def ready(self) -> None:
        from lineage_app import notice_subjects, panels, worklists  # noqa: F401 - they register themselves
