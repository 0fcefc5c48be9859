"""The room of people: accounts, teams, roles, tokens and what each may do."""

from __future__ import annotations

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The app under the label that AUTH_USER_MODEL names."""

    name = "portal.core.identity"
    label = "identity"
    verbose_name = "People and access"
