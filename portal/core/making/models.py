"""What every row of a file in the making has, whichever room it is of."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Made(models.Model):
    """Asked for by a person, made by a worker, which holds a lease while it works.

    A room adds what was asked for and what came of it. Its own `Meta` names an index over `state` and `leased_until`,
    by which the clock finds what waits.
    """

    class State(models.TextChoices):
        """How far it is."""

        QUEUED = "queued", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-asked_at", "-pk"]
