"""How many hops of tier-1 flows were covered, day by day, and how they stood at the last look."""

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

    @property
    def lost(self) -> int:
        """How many hops were missing: the length of `missing`, which a list of days does not read."""
        return self.total - self.covered


class LatestCoverage(models.Model):
    """One row: how coverage stood at `at`, kept where many hops are declared, since to judge them all takes a while.

    `hops` holds those that no edge proves straight: [start, end, flows, state, seen, failed, job], assets by their ids.
    """

    at = models.DateTimeField()
    covered = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    hops = models.JSONField()

    def __str__(self) -> str:
        return f"{self.covered} of {self.total} at {self.at}"
