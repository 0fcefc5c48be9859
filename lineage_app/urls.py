"""Lineage's addresses: pages under /lineage/, the OpenLineage endpoint under /api/v1/."""

from django.urls import path

from lineage_app import api

app_name = "lineage"
urlpatterns: list = []
api_urlpatterns = [
    # with and without the slash: a redirect would turn a client's POST into a GET and lose the event
    path("lineage", api.ingest, name="lineage-ingest"),
    path("lineage/", api.ingest, name="lineage-ingest-slash"),
    path("lineage/batch", api.batch, name="lineage-batch"),
    path("lineage/batch/", api.batch, name="lineage-batch-slash"),
]
