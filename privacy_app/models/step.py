"""One system's share of a plan: a durable, leased, idempotent step and each attempt at it."""

from django.db import models

from privacy_app.domain.plan import Origin, Place
from privacy_app.domain.steps import StepState
from privacy_app.domain.verdict import Verdict


class Step(models.Model):
    """Erase the subject from one object of one system, and show it."""

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="steps")
    plan = models.ForeignKey("privacy_app.Plan", on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField(choices=[(each.value, each.name) for each in Place])
    origin = models.CharField(max_length=12, choices=[(each.value, each.value) for each in Origin])
    system = models.ForeignKey("catalog.DataSystem", on_delete=models.PROTECT, null=True, related_name="+")
    system_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    dataset = models.CharField(max_length=1500)
    object_name = models.CharField(max_length=500, blank=True)
    target_settings = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    allow_exclusive = models.BooleanField(default=False)
    sealed_found = models.BinaryField(null=True)
    state = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in StepState], default=StepState.WAITING
    )
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    phase = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    amounts = models.JSONField(default=dict)
    probes = models.JSONField(default=dict)
    residuals = models.JSONField(default=list)
    verdict = models.CharField(max_length=12, blank=True)
    verdict_text = models.TextField(blank=True)
    until = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)
    requeried_at = models.DateTimeField(null=True, blank=True)
    requeried_count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["request", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="privacy_step_position")]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="privacy_step_due")]

    def __str__(self) -> str:
        return f"{self.system_name}: {self.dataset}"

    @property
    def is_portal(self) -> bool:
        """Whether this is the portal itself: its record of the request, or its lineage."""
        return self.place == Place.PORTAL

    @property
    def is_own_record(self) -> bool:
        """Whether a proof's headline speaks of the others only: the portal's record, or lineage that named nobody."""
        return self.is_portal and (self.kind == "portal" or self.verdict == Verdict.NO_BASELINE)


class Attempt(models.Model):
    """One try at a step: when, how it ended, and the sentence of what went wrong."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    fence = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    sentence = models.TextField(blank=True)

    class Meta:
        ordering = ["number", "pk"]

    def __str__(self) -> str:
        return f"attempt {self.number} at {self.step}"
