"""The offset by which tests and the demo move the portal's clock, across processes."""

from django.db import models


class ClockOffset(models.Model):
    """At most one row; production never reads it."""

    only = models.BooleanField(primary_key=True, default=True)
    offset = models.DurationField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="clock_offset_is_single")]

    def __str__(self) -> str:
        return str(self.offset)
