"""The REST API: every room's operations under one namespace, and their description."""

from importlib import import_module

from portal.settings import _there

app_name = "api"
urlpatterns = []
for _room in ("contracts_app", "lineage_app", "slo_app", "privacy_app", "portal.pages.evidence"):
    if _there(_room + ".urls"):
        urlpatterns += import_module(_room + ".urls").api_urlpatterns
if _there("portal.core.identity.access"):
    from django.urls import path
    from drf_spectacular.views import SpectacularAPIView

    from portal.core.identity.access import public

    urlpatterns.append(
        path(
            "schema",
            public("the API's description holds no data")(SpectacularAPIView.as_view()),
            name="schema",
        )
    )
