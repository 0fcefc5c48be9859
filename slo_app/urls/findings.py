"""Findings about persons' data."""

from django.urls import path

from ..views import findings

urlpatterns = [
    path("findings/", findings.findings, name="findings"),
    path("findings/<int:pk>/look/", findings.look, name="finding-look"),
    path("findings/systems/<int:pk>/attest/", findings.attest, name="attest"),
]
