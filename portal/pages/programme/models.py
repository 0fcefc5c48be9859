"""What the portal keeps of the programme's files: the ZIPs that were asked for."""

from django.conf import settings
from django.db import models
from django.urls import reverse


class ProgrammeZip(models.Model):
    """The programme's files in one ZIP, made by a worker for whoever asked."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waits for a worker"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    key = models.UUIDField(unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=400, blank=True)
    files = models.PositiveIntegerField(default=0)
    tree = models.CharField(max_length=71, blank=True, help_text="One digest over all files: the same tree, the same.")
    digest = models.CharField(max_length=71, blank=True)
    size = models.BigIntegerField(default=0)
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["state", "leased_until"], name="programme_waiting")]

    def __str__(self) -> str:
        return f"programme files {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("programme:zip", args=[self.pk])

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"programme-{self.asked_at:%Y-%m-%d}-{self.pk}.zip"
