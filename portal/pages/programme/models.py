"""What the portal keeps of the programme's files: the ZIPs that were asked for."""

from django.db import models
from django.urls import reverse

from portal.core.making.models import Made


class ProgrammeZip(Made):
    """The programme's files in one ZIP, made by a worker for whoever asked."""

    key = models.UUIDField(unique=True)
    files = models.PositiveIntegerField(default=0)
    tree = models.CharField(max_length=71, blank=True, help_text="One digest over all files: the same tree, the same.")
    digest = models.CharField(max_length=71, blank=True)
    size = models.BigIntegerField(default=0)
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Made.Meta):
        indexes = [models.Index(fields=["state", "leased_until"], name="programme_waiting")]

    def __str__(self) -> str:
        return f"programme files {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("programme:zip", args=[self.pk])

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"programme-{self.asked_at:%Y-%m-%d}-{self.pk}.zip"
