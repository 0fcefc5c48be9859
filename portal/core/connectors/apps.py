"""The connectors as a Django app (it has no models)."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """Label `connectors`; kinds are discovered on first use, so nothing is imported here."""

    name = "portal.core.connectors"
    label = "connectors"
