"""Where every room is mounted."""

from django.conf import settings
from django.urls import include, path

from portal.health import healthz
from portal.scrape import metrics

urlpatterns = [
    path("", include("portal.pages.urls")),
    path("scoreboard/", include("portal.pages.scoreboard.urls")),
    path("contracts/", include("contracts_app.urls")),
    path("gates/", include("portal.gates.urls")),
    path("lineage/", include("lineage_app.urls")),
    path("slos/", include("slo_app.urls")),
    path("on-call/", include("portal.core.oncall.urls")),
    path("raci/", include("portal.core.raci.urls")),
    path("privacy/", include("privacy_app.urls")),
    path("notices/", include("portal.core.notify.urls")),
    path("evidence/", include("portal.pages.evidence.urls")),
    path("provenance/", include("portal.pages.provenance.urls")),
    path("audit/", include("portal.pages.audit.urls")),
    path("programme/", include("portal.pages.programme.urls")),
    path("settings/", include("portal.pages.settings.urls")),
    path("systems/", include("portal.core.catalog.urls")),
    path("people/", include("portal.core.identity.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("portal.api")),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("portal.demo.urls")))
