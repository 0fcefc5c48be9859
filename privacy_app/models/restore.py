"""A system that was restored from a backup, or a rehearsal of that: replayed, checked, and only then live."""

from django.conf import settings
from django.db import models


class Restore(models.Model):
    """One restore of a system to a backup taken at `taken_at`; a rehearsal restores `backup` into a scratch target."""

    class State(models.TextChoices):
        NOTED = "noted", "Waits for the replay"
        REPLAYED = "replayed", "Replayed, nobody is left"
        FAILED = "failed", "Not clean"
        LIVE = "live", "Live"

    system = models.ForeignKey("catalog.DataSystem", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    rehearsal = models.BooleanField(default=False)
    backup = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NOTED)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True)
    replayed_at = models.DateTimeField(null=True, blank=True)
    listed = models.PositiveBigIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    datasets = models.JSONField(default=list)
    sentence = models.CharField(max_length=500, blank=True)
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    live_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-noted_at", "-pk"]

    def __str__(self) -> str:
        return f"{'rehearsal' if self.rehearsal else 'restore'} of {self.system}"
