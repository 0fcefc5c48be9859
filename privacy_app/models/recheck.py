"""Looks after the proof: whether the subject stayed away; and the proofs that a resurrection made out of date."""

from datetime import datetime

from django.db import models


class Recheck(models.Model):
    """One look at every system of a completed request; `system_name` limits it to one. It is kept with its result."""

    class Why(models.TextChoices):
        DAY_1 = "day_1", "One day after the proof"
        DAY_7 = "day_7", "Seven days after the proof"
        RESTORE = "restore", "After a restore"
        ON_DEMAND = "on_demand", "Asked for by a person"

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="rechecks")
    why = models.CharField(max_length=10, choices=Why)
    system_name = models.CharField(max_length=120, blank=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=500, blank=True)
    ran_at = models.DateTimeField(null=True, blank=True)
    by_token = models.BooleanField(default=False)
    found = models.PositiveIntegerField(null=True, blank=True)
    unasked = models.PositiveIntegerField(null=True, blank=True)
    looks = models.JSONField(default=list)
    sentence = models.CharField(max_length=500, blank=True)
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "why", "system_name", "due_at"], name="privacy_recheck_once")
        ]
        indexes = [models.Index(fields=["due_at"], name="privacy_recheck_due", condition=models.Q(ran_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.get_why_display()}: {self.request}"

    @property
    def is_clean(self) -> bool:
        return self.ran_at is not None and not self.found and not self.unasked

    def is_due(self, now: datetime) -> bool:
        return self.ran_at is None and self.due_at <= now


class FormerProof(models.Model):
    """A proof that was given and then overtaken by a resurrection; its files stay in the store."""

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="former_proofs")
    completed_at = models.DateTimeField()
    artifact_digest = models.CharField(max_length=80)
    pdf_digest = models.CharField(max_length=80, blank=True)
    bundle_digest = models.CharField(max_length=80, blank=True)
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["completed_at"]

    def __str__(self) -> str:
        return f"earlier proof of {self.request}"
