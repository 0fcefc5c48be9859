"""Recipients of personal data (GDPR Art. 19), and what each was told and answered about one request."""

from django.conf import settings
from django.db import models

from privacy_app.domain.recipients import OUTCOMES, Outcome


class Recipient(models.Model):
    """A processor or partner to whom data was disclosed: how it is told, and what it holds."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        WEBHOOK = "webhook", "Signed webhook"

    name = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    systems = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RecipientNotice(models.Model):
    """One recipient told about one request, with its answer where it gave one."""

    class How(models.TextChoices):
        LINK = "link", "By the link of its letter"
        STAFF = "staff", "Entered by staff, with its receipt"

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="told")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="notices")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    told_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, blank=True, choices=[(each.value, OUTCOMES[each]) for each in Outcome])
    how = models.CharField(max_length=10, blank=True, choices=How)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    receipt_digest = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["recipient__name"]
        constraints = [models.UniqueConstraint(fields=["request", "recipient"], name="privacy_told_once")]

    def __str__(self) -> str:
        return f"{self.recipient} told about {self.request}"
