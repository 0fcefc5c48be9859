"""What the gate was asked and what it said: kept as said, so that a later change of rules does not rewrite it."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from portal.gates.domain.verdict import Outcome, State

OUTCOMES = [(outcome.value, outcome.value.capitalize()) for outcome in Outcome]
STATES = [(state.value, state.value.capitalize()) for state in State]


class GateRun(models.Model):
    """One question of a pipeline and its verdict, or (`ungated`) a deploy that was told of afterwards."""

    key = models.UUIDField(unique=True)
    namespace = models.CharField(max_length=500)
    name = models.CharField(max_length=200)
    commit = models.CharField(max_length=64, blank=True)
    image = models.CharField(max_length=500, blank=True)
    ci_url = models.CharField(max_length=2000, blank=True)
    command = models.CharField(max_length=2000, blank=True)
    file = models.CharField(max_length=500, blank=True)
    verdict = models.CharField(max_length=10, choices=OUTCOMES)
    gates = models.JSONField(default=list, help_text="Each gate's key, title and state, in their order.")
    reports = models.JSONField(default=list, help_text="The change report of each file that changes something.")
    why = models.TextField(blank=True, help_text="Why nobody could be asked, for an ungated deploy.")
    at = models.DateTimeField(help_text="When it was decided, or deployed without a verdict.")
    told_at = models.DateTimeField()
    token = models.ForeignKey("identity.ServiceToken", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["namespace", "name", "-at"], name="gate_run_of_job"),
            models.Index(fields=["verdict", "-at"], name="gate_run_by_verdict"),
        ]

    def __str__(self) -> str:
        return f"Gate run {self.pk} of {self.job}"

    def get_absolute_url(self) -> str:
        """The page of the run."""
        return reverse("gates:run", args=[self.pk])

    @property
    def job(self) -> str:
        """Namespace and name as one string."""
        return f"{self.namespace}/{self.name}"

    def team_ids(self) -> set[int]:
        """The teams that own what the job writes."""
        return {each.asset.owner_team_id for each in self.touched.all() if each.asset and each.asset.owner_team_id}


class Touched(models.Model):
    """What the job of a run writes or reads: the asset, where one of that name is known, and how it was named.

    `seen` is an output that lineage saw and the pipeline left out: its owners are concerned all the same.
    """

    class Role(models.TextChoices):
        WRITES = "writes", "Writes"
        READS = "reads", "Reads"
        SEEN = "seen", "Seen to write"

    run = models.ForeignKey(GateRun, on_delete=models.CASCADE, related_name="touched")
    role = models.CharField(max_length=6, choices=Role)
    asset = models.ForeignKey("catalog.Asset", on_delete=models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=1700)
    contract = models.CharField(max_length=100, blank=True)
    version = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["asset", "role"], name="gate_touched_asset")]

    def __str__(self) -> str:
        return f"{self.role} {self.label}"

    @property
    def short(self) -> str:
        """A name that fits a table's cell: the contract's, else the asset's without its namespace."""
        return self.contract or (self.asset.name if self.asset else self.label)


class GateFinding(models.Model):
    """One finding of a run, with the waiver that let it through."""

    run = models.ForeignKey(GateRun, on_delete=models.CASCADE, related_name="findings")
    gate = models.CharField(max_length=40)
    rule = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=STATES)
    message = models.TextField()
    path = models.CharField(max_length=1600, blank=True)
    file = models.CharField(max_length=1600, blank=True)
    line = models.PositiveIntegerField(default=0)
    who = models.TextField(blank=True)
    todo = models.TextField(blank=True)
    contract = models.CharField(max_length=100, blank=True)
    version = models.CharField(max_length=60, blank=True)
    waiver = models.ForeignKey("contracts_app.Waiver", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.rule}: {self.state}"
