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


class SuppressionAsk(models.Model):
    """How much one token of the API asked on one day: numbers only, so that officers see who relies on the list."""

    token = models.ForeignKey("identity.ServiceToken", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    records = models.PositiveBigIntegerField(default=0)
    suppressed = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "token"]
        constraints = [models.UniqueConstraint(fields=["token", "day"], name="privacy_suppression_ask_once")]

    def __str__(self) -> str:
        return f"{self.token} on {self.day}"
