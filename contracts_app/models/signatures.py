"""Who signed which version, and in which capacity."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from contracts_app.models.contract import Version


class SignatureLink(models.Model):
    """A person's signature under a version, in one capacity; voided when the proposal was replaced or withdrawn."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signature = models.OneToOneField("signing.Signature", on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "role"], condition=models.Q(voided_at=None), name="version_signed_once_a_role"
            ),
            models.UniqueConstraint(
                fields=["version", "user"], condition=models.Q(voided_at=None), name="version_signed_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} as {self.role}"
