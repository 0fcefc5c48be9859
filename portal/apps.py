"""The composing package as a Django app: it loads the Celery application, nothing else."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Wires what the rooms offer; `portal/__init__.py` stays empty so that pure modules import without Django."""

    name = "portal"
    label = "portal"

    def ready(self) -> None:
        import portal.celery  # noqa: F401 - shared tasks bind to this application
