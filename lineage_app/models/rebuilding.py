"""A rebuild under way: what the events read so far say of jobs and datasets, beside the graph that people see."""

from django.db import models

from lineage_app.models.nodes import Dataset, Job


class Rebuilding(models.Model):
    """While there is a row, whatever is projected is noted in FacetDraft as well."""

    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"since {self.started_at:%Y-%m-%d %H:%M}"


class FacetDraft(models.Model):
    """The facets of one job or dataset from the events read since the rebuild began; they replace the old ones."""

    job = models.OneToOneField(Job, null=True, on_delete=models.CASCADE, related_name="+")
    dataset = models.OneToOneField(Dataset, null=True, on_delete=models.CASCADE, related_name="+")
    facets = models.JSONField()

    def __str__(self) -> str:
        return f"draft of {self.job_id or self.dataset_id}"
