"""Contract tests: one run of a version against its live data, its results as counts, and readiness kept apart."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from contracts_app.domain.checks.outcome import OPEN, Kind, Outcome, RunState


def _grouped(number: int | None) -> str:
    """A count with its thousands set apart."""
    return "" if number is None else f"{number:,}"


class Trigger(models.TextChoices):
    """Why a run was made."""

    BY_HAND = "by hand", "By hand"
    SCHEDULE = "schedule", "On schedule"
    READINESS = "readiness", "Readiness"
    MACHINE = "machine", "By a machine"


class TestRun(models.Model):
    """One run. `lease_number` tells workers apart: one that comes late with an older number is not listened to."""

    __test__ = False  # not a test of pytest's, whatever its name

    version = models.ForeignKey("contracts_app.Version", on_delete=models.CASCADE, related_name="test_runs")
    digest = models.CharField(max_length=71, blank=True, help_text="Hash of the contract that was tested.")
    trigger = models.CharField(max_length=10, choices=Trigger)
    state = models.CharField(max_length=10, choices=[(s.value, s.value.capitalize()) for s in RunState])
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    key = models.UUIDField(null=True, blank=True, unique=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    rows = models.BigIntegerField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=200, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(state__in=OPEN), name="version_has_one_open_test_run"
            )
        ]
        indexes = [models.Index(fields=["version", "-finished_at"], name="test_run_newest")]

    def __str__(self) -> str:
        return f"Test {self.pk} of {self.version}"

    def get_absolute_url(self) -> str:
        """The page with every result of the run."""
        return reverse("contracts:test-run", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN

    @property
    def rows_shown(self) -> str:
        """The rows for people; empty where none were looked at."""
        return _grouped(self.rows)

    @property
    def seconds(self) -> float | None:
        """How long it took, once it is over."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class TestResult(models.Model):
    """One check of a run in one placement: a state, counts and a sentence; no value of the data."""

    __test__ = False

    run = models.ForeignKey(TestRun, on_delete=models.CASCADE, related_name="results")
    position = models.PositiveIntegerField()
    place = models.CharField(max_length=700)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value.capitalize()) for kind in Kind])
    name = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=14, choices=[(s.value, s.value.capitalize()) for s in Outcome])
    failing = models.BigIntegerField(null=True, blank=True)
    total = models.BigIntegerField(null=True, blank=True)
    sentence = models.CharField(max_length=500)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="test_result_position")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.state}"

    @property
    def failing_shown(self) -> str:
        """Failing rows for people; empty where rows were not counted."""
        return _grouped(self.failing)

    @property
    def total_shown(self) -> str:
        """All rows for people."""
        return _grouped(self.total)

    @property
    def share(self) -> float | None:
        """Failing rows in percent of the rows."""
        return 100 * self.failing / self.total if self.failing is not None and self.total else None


class ReadinessRun(models.Model):
    """What the slow readiness checks said of a version last, until when that holds, and when they are asked again."""

    version = models.OneToOneField("contracts_app.Version", on_delete=models.CASCADE, related_name="readiness_run")
    digest = models.CharField(max_length=71, blank=True)
    answers = models.JSONField(default=list, blank=True)
    covered = models.JSONField(default=list, blank=True, help_text="The checks that answered, silent ones too.")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(help_text="Not asked again by the clock before this moment.")
    tries = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    lease_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Readiness of {self.version}"
