"""News as rows, and how far each consumer has read."""

from django.db import models


class Event(models.Model):
    """One piece of news, written in the transaction that made it true."""

    topic = models.CharField(max_length=120)
    key = models.CharField(max_length=200, blank=True)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    # The writing transaction's id: a reader must not pass over rows of transactions that are still open.
    transaction_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["transaction_id", "id"], name="event_reading_order")]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class Cursor(models.Model):
    """The last event that a consumer has taken in."""

    consumer = models.CharField(max_length=120, primary_key=True)
    transaction_id = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    last_error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.consumer} at {self.event_id}"
