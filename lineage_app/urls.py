"""Lineage's addresses: pages under /lineage/, the OpenLineage endpoint under /api/v1/."""

from django.urls import path

from lineage_app import api, coverage_urls, explorer_urls
from lineage_app.views import adoption, declaring, index, merging, names, producers

app_name = "lineage"
urlpatterns = [
    path("", index.index, name="index"),
    *explorer_urls.pages,
    path("datasets/<int:pk>/adopt/", adoption.adoption, name="adopt"),
    path("datasets/<int:pk>/merge/", merging.merging, name="merge"),
    path("datasets/<int:pk>/declare/", declaring.declaring, name="declare"),
    path("names/", names.names, name="names"),
    path("names/declarations/<int:pk>/withdraw/", declaring.withdrawing, name="declaration-withdraw"),
    path("names/rules/add/", names.add, name="rewrite-add"),
    path("names/rules/<int:pk>/", names.rule, name="rewrite"),
    path("names/rules/<int:pk>/remove/", names.remove, name="rewrite-remove"),
    path("names/merges/<int:pk>/undo/", merging.parting, name="merge-undo"),
    *coverage_urls.pages,
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
