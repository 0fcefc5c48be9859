"""The REST API: every room's operations under one namespace, and their description."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

import contracts_app.urls
import lineage_app.urls
import portal.core.oncall.urls
import portal.gates.urls
import portal.pages.evidence.urls
import portal.pages.provenance.urls
import privacy_app.urls
import slo_app.urls
from portal.core.identity.access import public

app_name = "api"
urlpatterns = [
    path("schema", public("the API's description holds no data")(SpectacularAPIView.as_view()), name="schema"),
    *contracts_app.urls.api_urlpatterns,
    *portal.gates.urls.api_urlpatterns,
    *lineage_app.urls.api_urlpatterns,
    *slo_app.urls.api_urlpatterns,
    *portal.core.oncall.urls.api_urlpatterns,
    *privacy_app.urls.api_urlpatterns,
    *portal.pages.evidence.urls.api_urlpatterns,
    *portal.pages.provenance.urls.api_urlpatterns,
]
