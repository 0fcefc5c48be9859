"""Requests as they come in: entered by staff, as a file, and from programs."""

from django.urls import path

from privacy_app.api import intake
from privacy_app.views import batches, entering

urlpatterns = [
    path("requests/new/", entering.new, name="new"),
    path("files/", batches.upload, name="files"),
    path("files/<int:pk>/", batches.file, name="file"),
    path("files/<int:pk>/confirm/", batches.confirm, name="file-confirm"),
    path("files/<int:pk>/discard/", batches.discard, name="file-discard"),
    path("files/<int:pk>/results.csv", batches.results, name="file-results"),
]
api_urlpatterns = [
    path("privacy/requests", intake.receive, name="privacy-intake"),
    path("privacy/requests/<reference:req_id>", intake.status, name="privacy-request"),
    path("privacy/requests/<reference:req_id>/cancel", intake.cancel, name="privacy-cancel"),
]
