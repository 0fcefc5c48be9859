"""Tokens of erased identifiers, so that pipelines and restores do not bring the subject back."""

from django.db import models


class SuppressionToken(models.Model):
    """One erased identifier under the long-lived suppression key; active from before the first delete."""

    request = models.ForeignKey("privacy_app.Request", on_delete=models.PROTECT, related_name="suppressions")
    key_version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    token = models.CharField(max_length=80)
    erased_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["token"]
        constraints = [models.UniqueConstraint(fields=["request", "token"], name="privacy_suppressed_once")]
        indexes = [models.Index(fields=["token", "until"], name="privacy_suppression_token")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request}"
