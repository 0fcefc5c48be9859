"""What feeds what: between datasets and between columns."""

from django.db import models

from lineage_app.models.nodes import Dataset, Job
from lineage_app.models.runs import Run


class EdgeState(models.TextChoices):
    """How an edge is known."""

    SEEN = "seen", "Seen"
    FAILED = "failed", "Failed"
    DECLARED = "declared", "Declared"


class RunEdge(models.Model):
    """What one run says about one edge, for as long as the portal held it; Edge sums up the rows still held.

    `first_at` to `seen_at` are the event times between which the run proves the edge; `known_from` is the receipt of
    the event from which on it was held, `known_to` that of the event that withdrew it (null: still held).
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="edges")
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    src = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+", db_index=False)
    dst = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=EdgeState)
    is_foreign = models.BooleanField(default=False)
    first_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    known_from = models.DateTimeField()
    known_to = models.DateTimeField(null=True)
    token = models.ForeignKey(
        "identity.ServiceToken",
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        indexes = [
            models.Index(fields=["src", "dst", "state"], name="run_edge_ends"),
            models.Index(fields=["src"], name="run_edge_past", condition=models.Q(known_to__isnull=False)),
            models.Index(fields=["dst"], name="run_edge_past_up", condition=models.Q(known_to__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.src_id} -> {self.dst_id}"


class Edge(models.Model):
    """`src` feeds `dst` through `job`, as held now; ends are representatives.

    `first_seen` and `last_seen` are event times, `first_known` is a time of receipt.
    """

    src = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="out_edges", db_index=False)
    dst = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="in_edges", db_index=False)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=EdgeState)
    is_foreign = models.BooleanField(default=False)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    first_known = models.DateTimeField()
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
