"""The composing package as a Django app: it loads the Celery application and what each room measures."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PortalConfig(AppConfig):
    """Wires what the rooms offer; `portal/__init__.py` stays empty so that pure modules import without Django."""

    name = "portal"
    label = "portal"

    def ready(self) -> None:
        import portal.celery  # noqa: F401 - shared tasks bind to this application

        autodiscover_modules("metrics")  # each room's own, which register themselves
