"""What an SLO's looks add up to by hour and by day: budgets read these few rows, never the history of looks."""

from __future__ import annotations

from django.db import models


class Grain(models.TextChoices):
    """How long a tally's stretch of time is."""

    HOUR = "h", "Hour"
    DAY = "d", "Day"


class Tally(models.Model):
    """Bad and total count what the SLO's budget counts (slices or rows); looks count measurements of any result."""

    slo = models.ForeignKey("slo_app.Slo", on_delete=models.CASCADE, related_name="tallies", db_index=False)
    grain = models.CharField(max_length=1, choices=Grain)
    start = models.DateTimeField()
    bad = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    slices = models.IntegerField(default=0, help_text="Slices with a verdict.")
    looks = models.IntegerField(default=0)
    undecided = models.IntegerField(default=0, help_text="Looks without a verdict.")
    low = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    high = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    cost_ms = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["slo", "grain", "start"]
        constraints = [models.UniqueConstraint(fields=["slo", "grain", "start"], name="tally_once_a_stretch")]

    def __str__(self) -> str:
        return f"{self.bad} of {self.total} bad, {self.get_grain_display()} from {self.start:%Y-%m-%d %H:%M} UTC"


class Pulse(models.Model):
    """The only row says when the schedule last ticked, and since when it has ticked without a pause."""

    ticked_at = models.DateTimeField()
    resumed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"ticked at {self.ticked_at:%Y-%m-%d %H:%M:%S} UTC"
