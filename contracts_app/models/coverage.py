"""How many tier-1 assets had a contract in force, day by day."""

from __future__ import annotations

from django.db import models


class CoverageDay(models.Model):
    """The count of one day (UTC); the last look of the day stands."""

    day = models.DateField(unique=True)
    total = models.PositiveIntegerField()
    covered = models.PositiveIntegerField()

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.covered} of {self.total}"
