"""Files of requests: checked, confirmed, and taken in row by row, each exactly once."""

from django.conf import settings
from django.db import models


class ImportBatch(models.Model):
    """One uploaded file. Its rows are sealed under a key of its own, which is destroyed when they are taken in."""

    class State(models.TextChoices):
        CHECKED = "checked", "Checked, waits for you"
        RUNNING = "running", "Being taken in"
        DONE = "done", "Taken in"
        DISCARDED = "discarded", "Discarded"

    key_name = models.CharField(max_length=32, unique=True, editable=False)
    digest = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    sealed = models.BinaryField(null=True)
    send_codes = models.BooleanField(default=True)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    reached = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=list)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"file of {self.good} requests"

    @property
    def received(self) -> int:
        """How many rows became a new request."""
        return sum(1 for _, _, new in self.results if new)
