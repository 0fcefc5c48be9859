"""Where every room is mounted."""

from django.conf import settings
from django.urls import include, path

from portal.settings import _there

_ROOMS = {
    "": "portal.pages.urls",
    "contracts/": "contracts_app.urls",
    "lineage/": "lineage_app.urls",
    "slos/": "slo_app.urls",
    "privacy/": "privacy_app.urls",
    "evidence/": "portal.pages.evidence.urls",
    "systems/": "portal.core.catalog.urls",
    "people/": "portal.core.identity.urls",
    "accounts/": "allauth.urls",
    "api/v1/": "portal.api",
}
urlpatterns = [path(p, include(m)) for p, m in _ROOMS.items() if _there(m)]
if _there("portal.core.identity.access"):
    from portal.health import healthz

    urlpatterns.append(path("healthz", healthz, name="healthz"))
if settings.DEMO:
    urlpatterns.append(path("demo/", include("portal.demo.urls")))
