"""What one probe said: numbers, counts and its own cost; never a row of data."""

from __future__ import annotations

from django.db import models

from ..domain.measurement import Result, shown

RESULTS = [(result.value, result.value.replace("_", " ")) for result in Result]


class Measurement(models.Model):
    """One judged reading. `at` is the portal's clock, `source_clock` the source's own."""

    slo = models.ForeignKey("slo_app.Slo", on_delete=models.CASCADE, related_name="measurements")
    at = models.DateTimeField()
    result = models.CharField(max_length=14, choices=RESULTS)
    alerting = models.BooleanField()
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    good = models.BigIntegerField(null=True)
    total = models.BigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    figures = models.JSONField(default=dict, help_text="Other numbers by name, as decimal text.")
    method = models.CharField(
        max_length=200, blank=True, help_text="How the value was computed, where there are several ways."
    )
    reason = models.CharField(max_length=400, blank=True)
    window_start = models.DateTimeField(null=True)
    window_end = models.DateTimeField(null=True)
    source_clock = models.DateTimeField(null=True)
    cost_ms = models.PositiveIntegerField()
    digest = models.CharField(max_length=80)

    class Meta:
        ordering = ["-at", "-pk"]
        get_latest_by = "at"
        constraints = [models.UniqueConstraint(fields=["slo", "at"], name="measurement_once_a_moment")]

    @property
    def value_shown(self) -> str:
        """The value for people, rounded so that it does not flatter; empty where there is none."""
        return "" if self.value is None else shown(self.value, self.slo.target)

    def __str__(self) -> str:
        return f"{self.result} at {self.at:%Y-%m-%d %H:%M:%S} UTC"
