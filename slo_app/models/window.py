"""What was said of one window of event time: when it was first judged, and once more after late rows."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from ..domain.completeness import share
from ..domain.measurement import shown
from ..domain.windows import Judged, Window


class JudgedWindow(models.Model):
    """Two verdicts on one window: the first is never touched, the second takes the late rows. Counts, never rows."""

    slo = models.ForeignKey("slo_app.Slo", on_delete=models.CASCADE, related_name="windows")
    start = models.DateTimeField()
    end = models.DateTimeField()
    judged_at = models.DateTimeField()
    expected = models.BigIntegerField(null=True)
    ingested = models.BigIntegerField()
    again_at = models.DateTimeField(null=True)
    again_expected = models.BigIntegerField(null=True)
    again_ingested = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-start"]
        constraints = [models.UniqueConstraint(fields=["slo", "start", "end"], name="window_judged_in_one_row")]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%H:%M} UTC"

    @property
    def latest(self) -> Judged:
        """The verdict that stands."""
        window = Window(self.start, self.end)
        if self.again_at is None or self.again_ingested is None:
            return Judged(window, self.expected, self.ingested)
        return Judged(window, self.again_expected, self.again_ingested)

    @property
    def first_shown(self) -> str:
        """The first value in percent, for people; empty where there was none."""
        return _shown(self.expected, self.ingested)

    @property
    def again_shown(self) -> str:
        """The second value in percent, for people; empty where there was none."""
        return "" if self.again_ingested is None else _shown(self.again_expected, self.again_ingested)


def _shown(expected: int | None, ingested: int) -> str:
    value: Decimal | None = None if expected is None else share(expected, ingested).value
    return "" if value is None else shown(value)
