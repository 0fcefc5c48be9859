"""Where the audit log is."""

from django.urls import path

from portal.pages.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.log, name="log"),
    path("audit-log.csv", views.csv_file, name="csv"),
    path("audit-log.ndjson", views.ndjson_file, name="ndjson"),
]
