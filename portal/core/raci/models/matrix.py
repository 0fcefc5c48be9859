"""Versions of the matrix, which never change, and the rows of the one in force."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse

from ..domain.matrix import Row as PureRow
from ..domain.matrix import RowKind, from_json


class Version(models.Model):
    """The whole matrix as it came into force. A trigger refuses to change or to delete one (migration 0002)."""

    number = models.PositiveIntegerField(unique=True)
    document = models.JSONField()
    digest = models.CharField(max_length=71)
    proposal = models.OneToOneField("raci.Proposal", on_delete=models.PROTECT, related_name="version")
    in_force_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"RACI version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("raci:version", args=[self.number])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new version; raises ValueError for one that is in force already."""
        if self.pk is not None:
            raise ValueError(f"{self} is in force and never changes: propose another.")
        super().save(*args, **kwargs)


class Row(models.Model):
    """One row of the matrix in force, for looking it up; what counts is the version's document."""

    key = models.CharField(max_length=1600, unique=True)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in RowKind])
    slug = models.CharField(max_length=60, blank=True, help_text="A workstream's short name.")
    title = models.CharField(max_length=1000)
    asset = models.OneToOneField("catalog.Asset", on_delete=models.SET_NULL, null=True, related_name="+")
    accountable = models.CharField(max_length=200, db_index=True)
    data = models.JSONField()
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-kind", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def row(self) -> PureRow:
        """The row as the rules know it."""
        return from_json(self.data)

    def get_absolute_url(self) -> str:
        if self.kind == RowKind.WORKSTREAM:
            return reverse("raci:workstream", args=[self.slug])
        return reverse("raci:asset", args=[self.asset_id]) if self.asset_id else reverse("raci:matrix")
