"""What the scoreboard keeps: a day's counts, who signed the day off, which deletions were of dummies, board packs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from portal.core.making.models import Made


class Day(models.Model):
    """The counts of one day (UTC): the last look of the day stands, and the ledger keeps its digest once it is over.

    `figures` holds each target's numbers by its key, `missing` the names of what was missing; these go after some
    months, and the numbers stay. `facts` is what the checklist reads of the day.
    """

    day = models.DateField(unique=True)
    counted_at = models.DateTimeField()
    figures = models.JSONField(default=dict)
    missing = models.JSONField(null=True, default=dict)
    facts = models.JSONField(default=dict)
    example = models.BooleanField(default=False, help_text="Worked out for the demo; never counted.")
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"scoreboard of {self.day}"


class SignOff(models.Model):
    """A person's word that a day is closed, with the checklist as it stood."""

    day = models.DateField(unique=True)
    key = models.UUIDField(unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    points = models.JSONField(default=list)
    note = models.TextField(blank=True, help_text="Why the day was closed although a point was open.")
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"end of {self.day}"

    @property
    def open_points(self) -> int:
        """How many points were not done."""
        return sum(point["done"] != "done" for point in self.points)


class DummyRun(models.Model):
    """A request that a privacy officer named as the dummy subject's: it shows that the procedure works to its end."""

    req_id = models.CharField(max_length=20, unique=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-named_at"]

    def __str__(self) -> str:
        return f"dummy run {self.req_id}"


class BoardPack(Made):
    """One board pack: the figures of a period as a signed PDF with its evidence bundle, made by a worker."""

    key = models.UUIDField(unique=True)
    since = models.DateField()
    until = models.DateField(help_text="The last day that is in it.")
    step = models.CharField(max_length=40, blank=True, help_text="What the worker does now.")
    done = models.PositiveSmallIntegerField(default=0)
    facts_digest = models.CharField(max_length=71, blank=True)
    pdf_digest = models.CharField(max_length=71, blank=True)
    bundle_digest = models.CharField(max_length=71, blank=True)
    size = models.PositiveIntegerField(default=0)
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Made.Meta):
        indexes = [models.Index(fields=["state", "leased_until"], name="board_pack_waiting")]

    def __str__(self) -> str:
        return f"board pack {self.pk}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("scoreboard:pack", args=[self.pk])

    @property
    def name(self) -> str:
        """The name of its files, without a suffix."""
        return f"board-{self.since}-{self.until}-{self.pk}"
