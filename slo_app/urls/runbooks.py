"""What to do when an alert fires, as documents."""

from django.urls import path

from ..views import runbooks

urlpatterns = [
    path("runbooks/", runbooks.listing, name="runbooks"),
    path("runbooks/alerts.md", runbooks.export, name="runbooks-export"),
    path("runbooks/new/", runbooks.new, name="runbook-new"),
    path("runbooks/import/", runbooks.take, name="runbook-import"),
    path("runbooks/of/<slug:key>/", runbooks.runbook, name="runbook"),
    path("runbooks/of/<slug:key>/edit/", runbooks.edit, name="runbook-edit"),
    path("runbooks/of/<slug:key>/<int:number>/", runbooks.version, name="runbook-version"),
    path("<int:pk>/runbook/", runbooks.choose, name="runbook-choose"),
]
