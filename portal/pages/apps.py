"""The composing pages as a Django app: home, the asset page and the search."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "portal.pages"
    label = "pages"

    def ready(self) -> None:
        """Register what the evidence pages add to the worklist and to the schedule."""
        from portal.pages.evidence import watch  # noqa: F401 - the import registers
