"""The letters to the subject, editable by staff with named placeholders and nothing else."""

from django.db import models


class NoticeText(models.Model):
    """A text that replaces the built-in one of its kind."""

    kind = models.CharField(max_length=20, unique=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["kind"]

    def __str__(self) -> str:
        return self.kind
