"""The end of a request's own data: what was removed when, and the complaints that postpone it."""

from django.conf import settings
from django.db import models


class Purge(models.Model):
    """The purge of one request; each action has its time, so that a killed worker's successor goes on behind it."""

    request = models.OneToOneField("privacy_app.Request", on_delete=models.PROTECT, related_name="purge")
    emptied_at = models.DateTimeField()
    counts = models.JSONField(default=dict, help_text="What was removed, by name; numbers only.")
    letters_at = models.DateTimeField(null=True)
    key_at = models.DateTimeField(null=True)
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    rewritten_at = models.DateTimeField(null=True, help_text="Since then no old row version is in the tables' files.")

    class Meta:
        ordering = ["emptied_at"]

    def __str__(self) -> str:
        return f"purge of {self.request}"


class AppealExtension(models.Model):
    """A complaint runs, so the record is kept beyond its window; the reason is emptied with the record."""

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="extensions")
    until = models.DateField()
    before = models.DateField(help_text="The end of the window before this extension.")
    reason = models.TextField()
    extended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    extended_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["extended_at", "pk"]

    def __str__(self) -> str:
        return f"{self.request} kept until {self.until}"
