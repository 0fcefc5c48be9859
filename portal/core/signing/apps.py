"""The room where a person binds themselves to a digest."""

from __future__ import annotations

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Registers the evidence kind of this room."""

    name = "portal.core.signing"
    label = "signing"
    verbose_name = "Signing"

    def ready(self) -> None:
        """Import what registers itself."""
        from portal.core.signing import evidence_kinds  # noqa: F401  # needs the app registry
