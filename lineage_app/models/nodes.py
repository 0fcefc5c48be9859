"""Jobs and datasets, and the links that say that two names are one dataset."""

from django.db import models
from django.urls import reverse


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
    kind_rule = models.CharField(max_length=60, blank=True, default="", db_default="")
    layer_rule = models.CharField(max_length=60, blank=True, default="", db_default="")

    class Meta:
        ordering = ["namespace", "name"]
        indexes = [
            models.Index(fields=["id"], name="dataset_unclaimed", condition=models.Q(root=None, asset=None)),
            models.Index(
                fields=["asset"],
                name="dataset_claimed",
                condition=models.Q(asset__isnull=False),
                include=["id", "root"],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def root_pk(self) -> int:
        """The row that stands for this dataset in the graph."""
        return self.root_id or self.pk

    def get_absolute_url(self) -> str:
        return reverse("lineage:dataset", args=[self.root_pk])


class DatasetLink(models.Model):
    """`other` is another name for `dataset`: its symlinks facet says so, or a person does (`Merge`)."""

    class Source(models.TextChoices):
        SYMLINK = "symlink", "A symlinks facet"
        MANUAL = "manual", "A person"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=7, choices=Source, default=Source.SYMLINK)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "other", "source"], name="dataset_link_once")]

    def __str__(self) -> str:
        return f"{self.dataset_id} is also {self.other_id}"
