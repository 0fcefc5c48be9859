"""The outbox: what is to be told, to whom, and how often it was tried."""

from django.db import models


class Message(models.Model):
    """One message. Address and body are encrypted while they wait, and cleared once delivered."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    channel = models.CharField(max_length=40)
    dedup_key = models.CharField(max_length=200, unique=True)
    sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=models.Q(state="waiting"), name="notify_waiting_by_time")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.dedup_key}"
