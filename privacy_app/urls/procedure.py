"""The standard procedure, written from the code."""

from django.urls import path

from privacy_app.views import procedure

urlpatterns = [
    path("procedure/", procedure.page, name="procedure"),
    path("procedure/deletion_proof_flow.md", procedure.download, name="procedure-file"),
]
