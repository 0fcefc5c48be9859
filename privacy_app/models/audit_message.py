"""Messages of the audit topic, written in the transaction of the change they tell about and sent after it."""

import uuid

from django.db import models


class AuditMessage(models.Model):
    """One CloudEvent for one topic; sent at least once, under a stable id. It names no person."""

    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    topic = models.CharField(max_length=200)
    body = models.JSONField()
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="privacy_audit_due", condition=models.Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.message_id}"
