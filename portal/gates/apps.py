"""Django's entry to the gates."""

from django.apps import AppConfig


class GatesConfig(AppConfig):
    """Loads what this app registers in the rooms below."""

    name = "portal.gates"
    label = "gates"
    verbose_name = "Gates"

    def ready(self) -> None:
        """Import the modules whose decorators register something."""
        from portal.gates import evidence_kinds, panels  # noqa: F401  (imported for their registrations)
