"""What makes jobs, runs and datasets findable: an index over the other rows, made new by a rebuild like them."""

from django.db import models

from lineage_app.models.nodes import Dataset, Job
from lineage_app.models.runs import Run, RunIO


class JobUse(models.Model):
    """Some run of the job once read or wrote the dataset: the way from a dataset to the jobs that touch it.

    It says where to look, never that it is still so: what a run did is in RunIO.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="uses", db_index=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+", db_index=False)
    role = models.CharField(max_length=6, choices=RunIO.Role)

    class Meta:
        indexes = [models.Index(fields=["dataset", "role", "job"], name="job_use_by_dataset")]
        constraints = [models.UniqueConstraint(fields=["job", "role", "dataset"], name="job_use_once")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.role} {self.dataset_id}"


class Fact(models.Model):
    """A word that people search for, in small letters: what a job (in `run` first) or a dataset said of itself."""

    class Kind(models.TextChoices):
        """What the word is."""

        REVISION = "revision", "Git revision"
        IMAGE = "image", "Image"
        REPOSITORY = "repository", "Repository"
        BRANCH = "branch", "Branch"
        OWNER = "owner", "Owner"
        TAG = "tag", "Tag"
        COLUMN = "column", "Column"
        PARAMETER = "parameter", "Parameter"

    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=300)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    dataset = models.ForeignKey(Dataset, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    run = models.ForeignKey(Run, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["kind", "value"], name="fact_value", opclasses=["", "varchar_pattern_ops"])]
        constraints = [
            models.UniqueConstraint(fields=["job", "kind", "value"], name="fact_of_job"),
            models.UniqueConstraint(fields=["dataset", "kind", "value"], name="fact_of_dataset"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
