"""Lineage's addresses: pages under /lineage/, the OpenLineage endpoint under /api/v1/."""

from django.urls import path

from lineage_app import api
from lineage_app.urls import coverage, explorer, names
from lineage_app.views import index, producers, retention

app_name = "lineage"
urlpatterns = [
    path("", index.index, name="index"),
    *explorer.pages,
    *names.pages,
    *coverage.pages,
    path("retention/", retention.retention, name="retention"),
    path("retention/<int:pk>/archive.ndjson.gz", retention.archive, name="archive"),
    path("producers/", producers.producers, name="producers"),
    path("producers/<int:pk>/", producers.producer, name="producer"),
    path("producers/<int:pk>/events/", producers.events, name="producer-events"),
    path("producers/<int:pk>/refused/", producers.refused_events, name="refused-events"),
    path("producers/refused/<int:pk>/", producers.refused_event, name="refused-event"),
]
api_urlpatterns = [
    # with and without the slash: a redirect would turn a client's POST into a GET and lose the event
    path("lineage", api.ingest, name="lineage-ingest"),
    path("lineage/", api.ingest, name="lineage-ingest-slash"),
    path("lineage/batch", api.batch, name="lineage-batch"),
    path("lineage/batch/", api.batch, name="lineage-batch-slash"),
]
