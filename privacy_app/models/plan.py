"""What will be erased, where and in which order, and who approved it."""

from django.conf import settings
from django.db import models

from privacy_app.domain.plan import APART_WORDS, Apart, Decision


class Plan(models.Model):
    """A plan of one request; `body` is its canonical content, `digest` what an approver signs."""

    class State(models.TextChoices):
        LOOKING = "looking", "Being made"
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Waits for approval"
        APPROVED = "approved", "Approved"
        SUPERSEDED = "superseded", "Replaced"

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="plans")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    planner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    body = models.JSONField(default=dict)
    digest = models.CharField(max_length=80, blank=True)
    deciders = models.JSONField(default=list)
    trouble = models.TextField(blank=True)

    class Meta:
        ordering = ["request", "number"]
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="privacy_plan_number")]

    def __str__(self) -> str:
        return f"plan {self.number} of {self.request}"

    def planner_ids(self) -> set[int]:
        """Who had a hand in this plan or its scope: they may not approve it."""
        found = {each.decided_by_id for each in self.findings.all() if each.decided_by_id}
        submitter = {self.submitter_id} if self.submitter_id else set()
        return {self.planner_id, *submitter, *found, *self.deciders}


class PlanFinding(models.Model):
    """A dataset downstream of the subject's data that no contract names."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="findings")
    dataset = models.CharField(max_length=1500)
    why = models.CharField(max_length=1000)
    decision = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in Decision], default=Decision.OPEN
    )
    reason = models.TextField(blank=True)
    asset = models.ForeignKey("catalog.Asset", on_delete=models.SET_NULL, null=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["dataset"]
        constraints = [models.UniqueConstraint(fields=["plan", "dataset"], name="privacy_finding_once")]

    def __str__(self) -> str:
        return self.dataset


class Approval(models.Model):
    """A person's signature over a plan's digest."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="approvals")
    signature = models.ForeignKey("signing.Signature", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    batch = models.ForeignKey(
        "privacy_app.BulkApproval", on_delete=models.PROTECT, null=True, blank=True, related_name="approvals"
    )

    class Meta:
        ordering = ["approved_at"]

    def __str__(self) -> str:
        return f"approval of {self.plan}"


class BulkApproval(models.Model):
    """One signature over a list of plan digests; `body` is the list as it was signed."""

    signature = models.OneToOneField("signing.Signature", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=80)
    body = models.JSONField()
    approved_at = models.DateTimeField()

    class Meta:
        ordering = ["-approved_at"]

    def __str__(self) -> str:
        return f"approval of {len(self.body['approves'])} plans"


class RememberedReason(models.Model):
    """Why a dataset was left out once; offered to whoever plans later, and never used by itself."""

    dataset = models.CharField(max_length=1500, unique=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["dataset"]

    def __str__(self) -> str:
        return self.dataset


class Acceptance(models.Model):
    """What an approver decided apart about one step: a purge that stops readers, a probe that cannot run."""

    step = models.ForeignKey("privacy_app.Step", on_delete=models.CASCADE, related_name="acceptances")
    what = models.CharField(max_length=12, choices=[(each.value, APART_WORDS[each]) for each in Apart])
    allowed = models.BooleanField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["step", "what"], name="privacy_acceptance_once")]

    def __str__(self) -> str:
        return f"{self.what} of {self.step}"
