"""Runs, accumulated over their events, with what they read and wrote."""

from datetime import timedelta

from django.db import models
from django.urls import reverse

from lineage_app.models.nodes import Dataset, Job


class Run(models.Model):
    """A run, accumulated over its events; `status` STATIC stands for what a job or dataset says without running.

    `proved_at` is the event time since which its own events prove its edges without a break, null where they do not.
    """

    subject = models.UUIDField(unique=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="runs", db_index=False)
    run_id = models.TextField(blank=True)
    status = models.CharField(max_length=10)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    proved_at = models.DateTimeField(null=True)
    parent_run = models.UUIDField(null=True)
    facets = models.JSONField(default=dict)
    job_facets = models.JSONField(default=dict)
    lenient = models.TextField(blank=True)
    is_foreign = models.BooleanField(default=False)
    events = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-last_at", "-pk"]
        indexes = [
            models.Index(fields=["job", "-last_at"], name="run_by_job"),
            models.Index(
                fields=["job", "-ended_at"],
                name="run_completed_by_job",
                condition=models.Q(status="COMPLETE", is_foreign=False),
            ),
            models.Index(
                fields=["job", "status", "-last_at"],
                name="run_not_well",
                condition=models.Q(status__in=["RUNNING", "FAIL"], is_foreign=False),
            ),
            models.Index(fields=["run_id"], name="run_by_id", opclasses=["text_pattern_ops"]),
            models.Index(fields=["parent_run"], name="run_by_parent", condition=models.Q(parent_run__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.run_id

    @property
    def took(self) -> timedelta | None:
        """From its START to its end, None where one of them was not told."""
        return self.ended_at - self.started_at if self.ended_at and self.started_at else None

    def get_absolute_url(self) -> str:
        return reverse("lineage:run", args=[self.pk])


class ColumnSet(models.Model):
    """Column links into one dataset, stored once however many runs repeat them."""

    digest = models.CharField(max_length=64, unique=True)
    links = models.JSONField()

    def __str__(self) -> str:
        return self.digest


class RunIO(models.Model):
    """A run read or wrote a dataset."""

    class Role(models.TextChoices):
        INPUT = "input", "Input"
        OUTPUT = "output", "Output"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="io")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=6, choices=Role)
    version = models.TextField(blank=True)
    facets = models.JSONField(default=dict)
    columns = models.ForeignKey(ColumnSet, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_foreign = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "dataset", "role"], name="run_io_once")]
        indexes = [
            models.Index(
                fields=["columns", "dataset"], name="run_io_columns", condition=models.Q(columns__isnull=False)
            ),
            models.Index(fields=["dataset", "version"], name="run_io_by_version", condition=~models.Q(version="")),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.dataset_id}"


class ColumnUse(models.Model):
    """What runs of a job said of a dataset's columns: the sums that column edges are spread out from."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+", db_index=False)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+")
    columns = models.ForeignKey(ColumnSet, on_delete=models.CASCADE, related_name="+")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "job", "columns"], name="column_use_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.job_id} about {self.dataset_id}"
