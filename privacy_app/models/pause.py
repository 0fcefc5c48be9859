"""Times in which a request waits for its subject: they leave the net clock, and move no deadline."""

from django.db import models


class Pause(models.Model):
    """One wait, with its reason and the day on which it ends by itself."""

    class Cause(models.TextChoices):
        STAFF = "staff", "Paused by the privacy team"
        IDENTITY = "identity", "Waits for the code"

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="pauses")
    cause = models.CharField(max_length=10, choices=Cause, default=Cause.STAFF)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at"]
        indexes = [models.Index(fields=["until"], condition=models.Q(ended_at=None), name="privacy_pause_open")]

    def __str__(self) -> str:
        return f"{self.request} paused"
