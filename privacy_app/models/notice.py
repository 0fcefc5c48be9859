"""The letters: texts that staff edit with named placeholders, their history, and what was written to whom."""

from django.conf import settings
from django.db import models

from privacy_app.domain.notices import DEFAULT_LANGUAGE, LANGUAGES

LANGUAGE_CHOICES = list(LANGUAGES.items())


class NoticeText(models.Model):
    """A text that replaces the built-in one of its kind in one language."""

    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=5, choices=LANGUAGE_CHOICES, default=DEFAULT_LANGUAGE)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "language"]
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="privacy_text_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"


class NoticeChange(models.Model):
    """One change of a text, as it was made; an empty body means: back to the built-in text."""

    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=5, choices=LANGUAGE_CHOICES)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [models.Index(fields=["kind", "language"], name="privacy_text_history")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language}) changed"


class Letter(models.Model):
    """One letter to a subject. Mail leaves through the outbox; what goes by post is kept sealed until it is posted."""

    class Way(models.TextChoices):
        EMAIL = "email", "E-mail"
        POST = "post", "Post"

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=5, choices=LANGUAGE_CHOICES)
    way = models.CharField(max_length=5, choices=Way)
    lookup = models.CharField(max_length=80, blank=True)
    sealed = models.BinaryField(null=True)
    digest = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [models.Index(fields=["lookup", "made_at"], name="privacy_letter_lookup")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request}"

    @property
    def to_post(self) -> bool:
        """Whether somebody must still print it and put it into the post."""
        return self.way == self.Way.POST and self.posted_at is None
