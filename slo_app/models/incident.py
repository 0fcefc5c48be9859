"""An incident: what fired, who took it on, what was done and found, step by step."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

from ..domain.postmortem import DUE_AFTER
from .slo import Severity

if TYPE_CHECKING:
    from portal.core.identity.models import User


class Incident(models.Model):
    """One stretch of trouble with one SLO. `resolved_by` is empty where it cleared by itself."""

    class Kind(models.TextChoices):
        BREACH = "breach", "Breach"
        BURN = "burn", "Budget burn"
        NO_DATA = "no_data", "No data"

    alert = models.ForeignKey("slo_app.Alert", on_delete=models.CASCADE, related_name="incidents")
    slo = models.ForeignKey("slo_app.Slo", on_delete=models.CASCADE, related_name="incidents")
    kind = models.CharField(max_length=10, choices=Kind)
    severity = models.CharField(max_length=10, choices=Severity)
    fired_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)
    rounds = models.PositiveIntegerField(default=1, help_text="How often it was opened.")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    first_acknowledged_at = models.DateTimeField(null=True, help_text="What the time to acknowledge ends with.")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cause = models.TextField(blank=True)
    postmortem = models.TextField(blank=True)
    postmortem_at = models.DateTimeField(null=True)
    postmortem_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reminded_at = models.DateTimeField(null=True, help_text="When its post-mortem was asked for again.")
    overdue_told_at = models.DateTimeField(null=True, help_text="When its post-mortem was said to be late.")
    related_at = models.DateTimeField(null=True, help_text="When the alerts upstream of it were looked for.")
    drill = models.BooleanField(default=False, help_text="A fire drill's: counted in no figure.")
    runbook = models.JSONField(default=list, help_text="The steps as they were when it fired.")
    runbook_version = models.ForeignKey(
        "slo_app.RunbookVersion", on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-fired_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert"], condition=models.Q(resolved_at=None), name="incident_one_open_an_alert"
            ),
        ]
        indexes = [models.Index(fields=["fired_at"], name="incident_by_time")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people call it."""
        return f"INC-{self.pk:05d}"

    def get_absolute_url(self) -> str:
        return reverse("slos:incident", args=[self.pk])

    def team_ids(self) -> set[int]:
        """Teams whose people may act on it."""
        return self.slo.team_ids()

    def note(self, at: datetime, what: str, text: str, person: User | None = None) -> None:
        """Add a line to the timeline."""
        TimelineEntry.objects.create(incident=self, at=at, what=what, text=text, person=person)

    @property
    def postmortem_due_at(self) -> datetime | None:
        """24 hours after it was resolved, where its severity asks for one."""
        if self.resolved_at is None or not self.needs_postmortem:
            return None
        return self.resolved_at + DUE_AFTER

    @property
    def closed(self) -> bool:
        """Resolved, and with its post-mortem where one is due."""
        return self.resolved_at is not None and (self.postmortem_at is not None or not self.needs_postmortem)

    @property
    def needs_postmortem(self) -> bool:
        """Whether it cannot close without one: it woke somebody, and was no drill."""
        return self.severity == Severity.PAGE and not self.drill


class Precedent(models.Model):
    """An alert upstream, by lineage, that was firing before an incident did, and by how long."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="precedents")
    upstream = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="followers")
    lead = models.DurationField()
    distance = models.PositiveSmallIntegerField(help_text="Edges between the two datasets.")

    class Meta:
        ordering = ["-lead"]
        constraints = [models.UniqueConstraint(fields=["incident", "upstream"], name="precedent_once")]

    def __str__(self) -> str:
        return f"{self.upstream} before {self.incident}"


class TimelineEntry(models.Model):
    """What happened in an incident, in the order in which it did; written once."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="timeline")
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    text = models.TextField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text


class RunbookTick(models.Model):
    """A step of the runbook that somebody has done in this incident."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="ticks")
    step = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["incident", "step"], name="runbook_step_once")]

    def __str__(self) -> str:
        return f"{self.incident} step {self.step}"
