"""The evidence room as a Django app."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "portal.core.evidence"
    label = "evidence"

    def ready(self) -> None:
        """Declare this room's own kinds of entry."""
        from portal.core.evidence import checks, evidence_kinds  # noqa: F401 - the import registers
