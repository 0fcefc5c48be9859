"""The room of people: accounts, teams, roles, tokens and what each may do."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The app under the label that AUTH_USER_MODEL names; registers the evidence kinds of this room."""

    name = "portal.core.identity"
    label = "identity"
    verbose_name = "People and access"

    def ready(self) -> None:
        """Import what registers itself."""
        from portal.core.identity import enrolment, evidence_kinds  # noqa: F401  # need the app registry
