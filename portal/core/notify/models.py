"""The outbox: what is to be told, to whom, and how often it was tried; and what people see of it on their page."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from portal.core.notify.domain.digest import Days
from portal.core.notify.subjects import Way


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


class Notice(models.Model):
    """One thing that a person was told, as it stands on their page; it names no data subject."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    subject = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    text = models.CharField(max_length=200)
    path = models.CharField(max_length=500)
    way = models.CharField(max_length=6, choices=[(way.value, way.label) for way in Way])
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notify_notice_once")]
        indexes = [
            models.Index(fields=["person", "-at"], name="notify_notice_by_time"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="notify_notice_unread"),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("notify:open", args=[self.pk])


class Preference(models.Model):
    """How a person wants to be told of a subject, where that is not the subject's own default."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=40)
    way = models.CharField(max_length=6, choices=[(way.value, way.label) for way in Way])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "subject"], name="notify_preference_once")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.way}"


class DigestTime(models.Model):
    """When a person's digest is written; `last_at` is the last time that one was due and looked at."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_time")
    days = models.CharField(max_length=7, choices=[(days.value, days.value) for days in Days], default=Days.WORKING)
    hour = models.PositiveSmallIntegerField(default=7)
    zone = models.CharField(max_length=60, default="UTC")
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.days} at {self.hour}:00 {self.zone}"
