"""A page: something is wrong and a person is wanted; its climb is in the row, its story on its timeline."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

if TYPE_CHECKING:
    from portal.core.identity.models import User


class Severity(models.TextChoices):
    PAGE = "page", "Page"
    TICKET = "ticket", "Ticket"


class Page(models.Model):
    """One open row a key. `level` and `round` say where on the ladder it stands, `next_step_at` when it climbs on.

    `elsewhere`: it is acknowledged and resolved where `url` leads, by the room that sent it.
    """

    team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, related_name="pages")
    key = models.CharField(max_length=200)
    summary = models.CharField(max_length=1024)
    body = models.TextField(blank=True)
    severity = models.CharField(max_length=10, choices=Severity)
    url = models.CharField(max_length=1000, blank=True)
    details = models.JSONField(default=dict)
    elsewhere = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened = models.PositiveIntegerField(default=1, help_text="How often it was opened.")
    round = models.PositiveSmallIntegerField(default=1)
    level = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True)
    unreached_at = models.DateTimeField(null=True, help_text="Since when nobody on the ladder could be told.")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(resolved_at=None), name="page_one_open_a_key")
        ]
        indexes = [
            models.Index(fields=["next_step_at"], condition=models.Q(resolved_at=None), name="page_open_by_next_step"),
            models.Index(fields=["key", "-opened_at"], name="page_by_key"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people call it."""
        return f"PAGE-{self.pk:05d}"

    def get_absolute_url(self) -> str:
        return reverse("oncall:page", args=[self.pk])

    def team_ids(self) -> set[int]:
        """The team whose people may act on it."""
        return {self.team_id}

    def note(self, at: datetime, what: str, text: str, person: User | None = None, message_key: str = "") -> None:
        """Add a line to the timeline; `message_key` joins it to a message of the outbox."""
        PageStep.objects.create(
            page=self, at=at, what=what, text=text, person=person, level=self.level, message_key=message_key
        )


class PageStep(models.Model):
    """What happened to a page, in order; written once. `person` acted, or was told."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    text = models.TextField()
    level = models.PositiveSmallIntegerField(default=0)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=40, blank=True)
    message_key = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text
