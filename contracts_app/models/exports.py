"""Exports that cost seconds: made by a worker, stored once for each state of a version, never in a request."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from contracts_app.models.contract import Version
from portal.core.making.models import Made


class StoredExport(Made):
    """One file of a version. `basis` hashes everything that it shows, so that a new signature makes a new file."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="exports")
    format = models.CharField(max_length=40)
    basis = models.CharField(max_length=71)
    artifact = models.CharField(max_length=71, blank=True)
    size = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(Made.Meta):
        constraints = [
            models.UniqueConstraint(fields=["version", "format", "basis"], name="stored_export_once_a_basis"),
        ]
        indexes = [models.Index(fields=["state", "leased_until"], name="stored_export_waiting")]

    def __str__(self) -> str:
        return f"{self.version} as {self.format}"

    def get_absolute_url(self) -> str:
        """Where the file is taken from."""
        return reverse("contracts:export", args=[self.version_id, self.format])
