"""The distribution that a drift SLO is held against: numbered, frozen, hashed; never a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models

from portal.core.evidence.domain.canonical import canonical_bytes, digest

from ..domain.baseline import Baseline as Document


class Baseline(models.Model):
    """One baseline; a trigger (migration) refuses every change. `made_by` is empty where the portal made it itself."""

    slo = models.ForeignKey("slo_app.Slo", on_delete=models.CASCADE, related_name="baselines")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=80)
    rows = models.BigIntegerField()
    element = models.CharField(max_length=200)
    source = models.CharField(max_length=700, help_text="The system and the object that the rows were read from.")
    window_start = models.DateTimeField(null=True, help_text="Empty: every row that was there.")
    window_end = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400)
    key = models.UUIDField(unique=True, null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["slo", "number"], name="baseline_once_a_number")]

    def __str__(self) -> str:
        return f"Baseline {self.number}"

    @property
    def read(self) -> Document:
        """The document as bins and counts. Raises ValueError where it is not what was hashed when it was made."""
        found = Document.from_document(self.document)
        if digest_of(found.document()) != self.digest:
            raise ValueError(f"{self} is not what it was when it was made.")
        return found


def digest_of(document: Mapping[str, Any]) -> str:
    """The name of a baseline's document."""
    return digest(canonical_bytes(document))
