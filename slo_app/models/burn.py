"""The burn alerts of an SLO: a factor, a long window that makes it significant and a short one that makes it now."""

from __future__ import annotations

from django.db import models

from ..domain import budget
from .slo import Severity


class BurnAlert(models.Model):
    """Fires where the budget burns `factor` times as fast as it may, in both windows."""

    slo = models.ForeignKey("slo_app.Slo", on_delete=models.CASCADE, related_name="burn_alerts")
    factor = models.DecimalField(max_digits=6, decimal_places=2)
    long = models.DurationField()
    short = models.DurationField()
    severity = models.CharField(max_length=10, choices=Severity)

    class Meta:
        ordering = ["slo", "-factor"]
        constraints = [models.UniqueConstraint(fields=["slo", "factor"], name="burn_alert_once_a_factor")]

    def __str__(self) -> str:
        return f"burn rate {self.factor.normalize():f}"

    @property
    def alert(self) -> budget.BurnAlert:
        """What the arithmetic works on."""
        return budget.BurnAlert(self.factor, self.long, self.short)
