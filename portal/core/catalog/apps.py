"""The catalog as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "portal.core.catalog"
    label = "catalog"

    def ready(self) -> None:
        from portal.core.catalog import evidence_kinds  # noqa: F401 - declares the ledger's kinds
