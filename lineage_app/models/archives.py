"""Months of raw events that left the database: their archives, who is in them, and how far back one can look."""

from django.db import models


class LineageArchive(models.Model):
    """One month's events in one file, named by its digest; a removed archive keeps its row."""

    month = models.DateField(unique=True)
    digest = models.CharField(max_length=71)
    events = models.PositiveBigIntegerField()
    subjects = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def team_ids(self) -> set[int]:
        """No team's own: events of all teams are in it."""
        return set()


class ArchivedSubject(models.Model):
    """Where in an archive the events of one subject are: whole gzip members, from `start` to before `end`."""

    archive = models.ForeignKey(LineageArchive, on_delete=models.CASCADE, related_name="+")
    subject = models.UUIDField(db_index=True)
    start = models.BigIntegerField()
    end = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.subject)


class LineageHorizon(models.Model):
    """From `before` on can be answered: the archives of everything older were removed."""

    before = models.DateTimeField()
    moved_at = models.DateTimeField()
    archives = models.PositiveIntegerField()
    events = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["-before"]

    def __str__(self) -> str:
        return f"{self.before:%Y-%m-%d}"


class RedactionRecord(models.Model):
    """One event from which an erasure took identifiers; `original` is the digest under which a retry is known.

    `subject` and `moved_to` are what it accumulated under before and after, until both were derived anew.
    """

    original = models.BinaryField(max_length=32)
    redacted = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    reference = models.CharField(max_length=120)
    archived = models.BooleanField(default=False)
    subject = models.UUIDField(null=True)
    moved_to = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["original"], name="redaction_by_original"),
            models.Index(fields=["reference"], name="redaction_by_reference"),
            models.Index(fields=["id"], name="redaction_to_settle", condition=models.Q(subject__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"redaction of {self.at:%Y-%m-%d} for {self.reference}"
