"""How many hops of tier-1 flows were covered, day by day."""

from django.db import models


class CoverageDay(models.Model):
    """The count as of the end of one day (UTC), made once; `missing` holds [start, end, state] by the assets' keys."""

    day = models.DateField(unique=True)
    covered = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    missing = models.JSONField(default=list)
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.covered} of {self.total}"
