"""Raw events as received, and the inbox of those that wait to be projected; everything else can be rebuilt."""

from django.db import models


class RawEvent(models.Model):
    """One event, verbatim. In the database this is a table partitioned by `event_month` (migration 0001)."""

    event_month = models.DateField()
    event_time = models.DateTimeField()
    received_at = models.DateTimeField()
    body_sha256 = models.BinaryField(max_length=32)
    body = models.TextField()
    subject = models.UUIDField()
    kind = models.CharField(max_length=7)
    token = models.ForeignKey(
        "identity.ServiceToken",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    is_foreign = models.BooleanField(default=False)
    lenient = models.TextField(blank=True)

    class Meta:
        ordering = ["event_time", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} event of {self.event_time:%Y-%m-%d %H:%M}"


class Inbox(models.Model):
    """A raw event that waits to be projected; written by the same statement as the event, deleted with its
    projection.
    """

    raw_id = models.BigIntegerField()
    subject = models.UUIDField()
    received_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"event {self.raw_id}"
