"""Raw events as received, and the graph that a worker derives from them; everything but RawEvent can be rebuilt."""

from django.db import models
from django.urls import reverse


class RawEvent(models.Model):
    """One event, verbatim. In the database this is a table partitioned by `event_month` (migration 0001)."""

    event_month = models.DateField()
    event_time = models.DateTimeField()
    received_at = models.DateTimeField()
    body_sha256 = models.BinaryField(max_length=32)
    body = models.TextField()
    subject = models.UUIDField()
    kind = models.CharField(max_length=7)
    token = models.ForeignKey(
        "identity.ServiceToken",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    is_foreign = models.BooleanField(default=False)
    lenient = models.TextField(blank=True)

    class Meta:
        ordering = ["event_time", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} event of {self.event_time:%Y-%m-%d %H:%M}"


class Inbox(models.Model):
    """A raw event that waits to be projected; written by the same statement as the event, deleted with its
    projection.
    """

    raw_id = models.BigIntegerField()
    subject = models.UUIDField()
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"event {self.raw_id}"


class Job(models.Model):
    """A job; one that is part of another (`parent`) is shown as that one by default."""

    key = models.CharField(max_length=64, unique=True)
    namespace = models.TextField()
    name = models.TextField()
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children")
    facets = models.JSONField(default=dict)

    class Meta:
        ordering = ["namespace", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("lineage:job", args=[self.pk])


class Dataset(models.Model):
    """A dataset's name; `root` is the name that represents it where symlinks join several."""

    key = models.CharField(max_length=64, unique=True)
    namespace = models.TextField()
    name = models.TextField()
    root = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="joined")
    asset = models.ForeignKey("catalog.Asset", null=True, on_delete=models.SET_NULL, related_name="+")
    facets = models.JSONField(default=dict)
    kind = models.CharField(max_length=20, blank=True)
    layer = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["namespace", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def root_pk(self) -> int:
        """The row that stands for this dataset in the graph."""
        return self.root_id or self.pk

    def get_absolute_url(self) -> str:
        return reverse("lineage:dataset", args=[self.root_pk])


class DatasetLink(models.Model):
    """`dataset` said in its symlinks facet that `other` is another name for it."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "other"], name="dataset_link_once")]

    def __str__(self) -> str:
        return f"{self.dataset_id} is also {self.other_id}"


class Run(models.Model):
    """A run, accumulated over its events; `status` STATIC stands for what a job or dataset says without running."""

    subject = models.UUIDField(unique=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="runs")
    run_id = models.TextField(blank=True)
    status = models.CharField(max_length=10)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    parent_run = models.UUIDField(null=True)
    facets = models.JSONField(default=dict)
    job_facets = models.JSONField(default=dict)
    lenient = models.TextField(blank=True)
    is_foreign = models.BooleanField(default=False)
    events = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-last_at", "-pk"]
        indexes = [models.Index(fields=["job", "-last_at"], name="run_by_job")]

    def __str__(self) -> str:
        return self.run_id

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
    columns = models.ForeignKey(ColumnSet, null=True, on_delete=models.PROTECT, related_name="+")
    is_foreign = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "dataset", "role"], name="run_io_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.dataset_id}"


class EdgeState(models.TextChoices):
    """How an edge is known."""

    SEEN = "seen", "Seen"
    FAILED = "failed", "Failed"
    DECLARED = "declared", "Declared"


class RunEdge(models.Model):
    """What one run says about one edge: the rows that Edge sums up."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="edges")
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+")
    src = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+", db_index=False)
    dst = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=EdgeState)
    is_foreign = models.BooleanField(default=False)
    seen_at = models.DateTimeField()
    token = models.ForeignKey(
        "identity.ServiceToken", null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["src", "dst"], name="run_edge_ends")]

    def __str__(self) -> str:
        return f"{self.src_id} -> {self.dst_id}"


class Edge(models.Model):
    """`src` feeds `dst` through `job`; ends are representatives, times are event times."""

    src = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="out_edges", db_index=False)
    dst = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="in_edges", db_index=False)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=EdgeState)
    is_foreign = models.BooleanField(default=False)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    token = models.ForeignKey(
        "identity.ServiceToken", null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["src", "dst"], name="edge_down"),
            models.Index(fields=["dst", "src"], name="edge_up"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["src", "dst", "job", "state", "is_foreign"], name="edge_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.src_id} -> {self.dst_id}"


class ColumnEdge(models.Model):
    """A column of `src` feeds a column of `dst`; an empty field means the whole dataset."""

    src = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    src_field = models.TextField(blank=True)
    dst = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    dst_field = models.TextField(blank=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=40)
    subtype = models.CharField(max_length=80, blank=True)
    masking = models.BooleanField(default=False)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.src_id}.{self.src_field} -> {self.dst_id}.{self.dst_field}"
