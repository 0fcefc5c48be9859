"""What the installation's settings allow data systems to name."""

from django.conf import settings

from portal.core.catalog.domain.systems import Places


def permitted_places() -> Places:
    """The allow-lists from the settings, and the portal's own database as what is never allowed."""
    own = settings.DATABASES["default"]
    return Places(
        hosts=frozenset(settings.SYSTEM_HOSTS),
        paths=tuple(settings.SYSTEM_PATHS),
        forbidden_databases=frozenset({(str(own["HOST"]), str(own["PORT"]), str(own["NAME"]))}),
    )
