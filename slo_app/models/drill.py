"""A fire drill: one team's alert, fired on purpose by a planted breach, followed until a person has acknowledged it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse


class Drill(models.Model):
    """Each time is that of the event itself: the probe's, the delivery's, the person's. Rows are never taken back.

    `missing` says at its end which step did not happen; empty while it runs, and where it passed.
    """

    team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, related_name="+")
    slo = models.OneToOneField("slo_app.Slo", on_delete=models.PROTECT, null=True, related_name="+")
    incident = models.OneToOneField("slo_app.Incident", on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    measured_at = models.DateTimeField(null=True, help_text="When a probe first saw the planted breach.")
    fired_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    mended_at = models.DateTimeField(null=True, help_text="When the planted breach was taken back.")
    ended_at = models.DateTimeField(null=True)
    missing = models.CharField(max_length=20, blank=True)
    measurement = models.CharField(max_length=80, blank=True, help_text="Digest of the measurement that fired.")
    key = models.UUIDField(unique=True, help_text="Of the form that started it, so that it starts once.")

    class Meta:
        ordering = ["-started_at", "-pk"]
        get_latest_by = "started_at"
        constraints = [
            models.UniqueConstraint(fields=["team"], condition=models.Q(ended_at=None), name="drill_one_running_a_team")
        ]

    def __str__(self) -> str:
        return f"DRILL-{self.pk:04d}"

    def get_absolute_url(self) -> str:
        return reverse("slos:drill", args=[self.pk])

    def team_ids(self) -> set[int]:
        """The team that it drills."""
        return {self.team_id}

    @property
    def state(self) -> tuple[str, str]:
        """The word and the kind of its state."""
        if self.ended_at is None:
            return "Running", "wait"
        return ("Failed", "bad") if self.missing else ("Passed", "ok")
