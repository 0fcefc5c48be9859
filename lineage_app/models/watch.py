"""What owners expect of jobs, what the watch found, and the times in which it did not run."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse

from lineage_app.domain.watch import FindingKind, Gap, Schedule
from lineage_app.models.nodes import Job


class Expectation(models.Model):
    """How often a job is expected to complete, and how long one run of it may be silent; either may be left out."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="expectation")
    every = models.DurationField(null=True)
    at = models.TimeField(null=True)
    zone = models.CharField(max_length=60, default="UTC")
    grace = models.DurationField(default=timedelta(minutes=15))
    longest = models.DurationField(null=True)
    declared_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_check_at"], name="expectation_due", condition=Q(next_check_at__isnull=False))
        ]
        constraints = [
            models.CheckConstraint(condition=Q(every=None) | Q(at=None), name="expectation_every_or_at"),
        ]

    def __str__(self) -> str:
        return f"expectation of job {self.job_id}"

    @property
    def schedule(self) -> Schedule | None:
        """How often it is expected; None where only the length of a run is said."""
        return Schedule(self.every, self.at, self.zone, self.grace) if self.every or self.at else None


class RunFinding(models.Model):
    """Something wrong with a job's runs, open until it runs well again; one open row a job and kind.

    `since` is the event time from which it stands: when the run was due, its last event, the first of the failures.
    """

    KINDS = [(kind.value, kind.value.capitalize()) for kind in FindingKind]

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=8, choices=KINDS)
    since = models.DateTimeField()
    opened_at = models.DateTimeField()
    last_good_at = models.DateTimeField(null=True)
    run_subject = models.UUIDField(null=True)
    count = models.PositiveIntegerField(default=1)
    teams = models.ManyToManyField("identity.Team", related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    muted_until = models.DateTimeField(null=True)
    mute_reason = models.CharField(max_length=300, blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["job", "kind"], condition=Q(resolved_at=None), name="finding_open_once")
        ]
        indexes = [models.Index(fields=["-opened_at"], name="finding_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.job}"

    def get_absolute_url(self) -> str:
        return reverse("lineage:finding", args=[self.pk])

    def team_ids(self) -> set[int]:
        """Teams that owned the job when it was found, whose owners and on-call people handle it."""
        return {team.pk for team in self.teams.all()}

    def is_muted(self, at: datetime) -> bool:
        """Whether it is kept from work lists and letters at `at`."""
        return self.muted_until is not None and self.muted_until > at

    @property
    def sentence(self) -> str:
        """What is wrong, in words."""
        good = (
            f"it completed last on {self.last_good_at:%Y-%m-%d %H:%M} UTC"
            if self.last_good_at
            else "it never completed"
        )
        match FindingKind(self.kind):
            case FindingKind.MISSING:
                return f"A run was due by {self.since:%Y-%m-%d %H:%M} UTC and none completed; {good}."
            case FindingKind.STUCK:
                return f"A run started and has said nothing since {self.since:%Y-%m-%d %H:%M} UTC; {good}."
        return f"The last {self.count} runs failed, the first on {self.since:%Y-%m-%d %H:%M} UTC; {good}."


class WatchState(models.Model):
    """The watch's only row: when it looked last. Whoever looks holds its lock."""

    only = models.BooleanField(default=True, unique=True)
    ticked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"looked at {self.ticked_at:%Y-%m-%d %H:%M:%S}"


class WatchGap(models.Model):
    """A time in which nobody looked, so that events may have been lost; nothing of it is held against a job."""

    since = models.DateTimeField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["since"]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M}"

    @property
    def gap(self) -> Gap:
        """As the rules take it."""
        return Gap(self.since, self.until)
