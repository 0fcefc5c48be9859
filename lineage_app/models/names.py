"""What people say about names and edges, the work that a change of rules makes, and a dataset's life."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from lineage_app.domain.names import Name
from lineage_app.domain.rewrites import Rule, Scope
from lineage_app.models.nodes import Dataset
from lineage_app.models.runs import Run


class RewriteRule(models.Model):
    """A rule for namespaces, of an administrator; one that was taken back stays as history."""

    pattern = models.CharField(max_length=500)
    replacement = models.CharField(max_length=500)
    scope = models.CharField(
        max_length=7, choices=[(Scope.BOTH, "Both"), (Scope.DATASET, "Datasets"), (Scope.JOB, "Jobs")]
    )
    position = models.PositiveIntegerField()
    key = models.UUIDField(unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.pattern} → {self.replacement}"

    def get_absolute_url(self) -> str:
        return reverse("lineage:rewrite", args=[self.pk])

    @property
    def rule(self) -> Rule:
        """The rule as the domain knows it."""
        return Rule(self.pattern, self.replacement, Scope(self.scope))


class Redoing(models.Model):
    """Projecting anew the subjects that a change of rules touches; `nodes` may be left without any event by it."""

    rule = models.ForeignKey(RewriteRule, on_delete=models.CASCADE, related_name="redoings")
    total = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    datasets = models.JSONField(default=list)
    jobs = models.JSONField(default=list)
    done = 0  # how many subjects are projected anew: counted by the selectors

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.total} subjects for {self.rule}"


class RedoSubject(models.Model):
    """A subject that waits to be projected anew; deleted with its projection."""

    redoing = models.ForeignKey(Redoing, on_delete=models.CASCADE, related_name="waiting")
    subject = models.UUIDField()

    def __str__(self) -> str:
        return str(self.subject)


class Merge(models.Model):
    """Somebody's word that two datasets are one, by their names as they were shown; undone ones stay as history."""

    namespace = models.TextField()
    name = models.TextField()
    other_namespace = models.TextField()
    other_name = models.TextField()
    reason = models.CharField(max_length=500)
    key = models.UUIDField(unique=True)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-said_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.left} is {self.right}"

    @property
    def left(self) -> Name:
        """One of the two names."""
        return Name(self.namespace, self.name)

    @property
    def right(self) -> Name:
        """The other name."""
        return Name(self.other_namespace, self.other_name)


class DatasetLife(models.Model):
    """One line of a dataset's life as an event told it; `other` is its former name, or the new one it LEFT for."""

    class State(models.TextChoices):
        CREATED = "created", "Created"
        ALTERED = "altered", "Altered"
        OVERWRITTEN = "overwritten", "Overwritten"
        TRUNCATED = "truncated", "Truncated"
        RENAMED = "renamed", "Renamed to this"
        LEFT = "left", "Renamed away"
        DROPPED = "dropped", "Dropped"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="life")
    state = models.CharField(max_length=11, choices=State)
    at = models.DateTimeField()
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Dataset, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.state} at {self.at:%Y-%m-%d}"


class Declaration(models.Model):
    """Who declared an edge and who withdrew it, by names; the edge itself comes from the portal's own event.

    `told_at` is the event time of the last event that this row caused.
    """

    src_namespace = models.TextField()
    src_name = models.TextField()
    dst_namespace = models.TextField()
    dst_name = models.TextField()
    job_namespace = models.TextField()
    job_name = models.TextField()
    reason = models.CharField(max_length=500, blank=True)
    key = models.UUIDField(unique=True)
    told_at = models.DateTimeField(null=True)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-said_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.src} feeds {self.dst} through {self.job}"

    @property
    def src(self) -> Name:
        """The dataset that feeds."""
        return Name(self.src_namespace, self.src_name)

    @property
    def dst(self) -> Name:
        """The dataset that is fed."""
        return Name(self.dst_namespace, self.dst_name)

    @property
    def job(self) -> Name:
        """The job through which."""
        return Name(self.job_namespace, self.job_name)
