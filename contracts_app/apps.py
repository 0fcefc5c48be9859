"""Django's entry to the contracts app."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Loads what this app registers in the rooms below."""

    name = "contracts_app"
    verbose_name = "Data contracts"

    def ready(self) -> None:
        """Import the modules whose decorators register something."""
        from contracts_app import consumers, evidence_kinds, notice_subjects, panels, worklists  # noqa: F401  (for their registrations)
