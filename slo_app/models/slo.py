"""One promise about one asset: its bounds, its people, its runbook, and when it is measured next."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from ..domain.alert import AlertRule
from ..domain.bounds import OPERATORS, Bound, plain
from ..domain.measurement import Result
from ..domain.schedule import phase
from ..domain.slices import Method

OPS = [(op, op) for op in OPERATORS]
METHODS = [(Method.SLICES.value, "Time slices"), (Method.OCCURRENCES.value, "Occurrences")]
RESULTS = [(result.value, result.value.replace("_", " ")) for result in Result]


class Severity(models.TextChoices):
    """How loud an alert is."""

    PAGE = "page", "Page"
    TICKET = "ticket", "Ticket"


class Slo(models.Model):
    """A service level objective. `kind` names an indicator that may not be installed yet: then it is not measured."""

    asset = models.ForeignKey("catalog.Asset", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120, blank=True, help_text="Tells several of one kind apart, as one a column.")
    settings = models.JSONField(default=dict, help_text="What the indicator needs beside its bounds.")
    target_op = models.CharField(max_length=2, choices=OPS)
    target_value = models.DecimalField(max_digits=18, decimal_places=6)
    alert_op = models.CharField(max_length=2, choices=OPS)
    alert_value = models.DecimalField(max_digits=18, decimal_places=6)
    hold = models.DurationField(help_text="How long a breach must last before it fires.")
    clear_for = models.DurationField(help_text="How long the target must be met before it clears.")
    interval = models.DurationField()
    objective = models.DecimalField(max_digits=7, decimal_places=6, help_text="Share of good slices, or rows.")
    budget_method = models.CharField(max_length=12, choices=METHODS, default=Method.SLICES.value)
    budget_days = models.PositiveSmallIntegerField(choices=[(28, "28 days"), (30, "30 days")], default=28)
    freezes = models.BooleanField(default=True, help_text="Whether deploys stop when the budget is spent.")
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.PAGE)
    element = models.CharField(max_length=200, blank=True)
    window = models.DurationField(null=True, blank=True)
    owner_team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, null=True, related_name="+")
    owner_title = models.CharField(max_length=200, blank=True)
    runbook = models.JSONField(default=list)
    runbook_document = models.ForeignKey("slo_app.Runbook", on_delete=models.SET_NULL, null=True, related_name="slos")
    contract = models.CharField(max_length=300, blank=True)
    contract_version = models.CharField(max_length=60, blank=True)
    version = models.ForeignKey("contracts_app.Version", on_delete=models.PROTECT, null=True, related_name="+")
    incomplete = models.CharField(
        max_length=400, blank=True, help_text="What its definition lacks; while it lacks something it is not measured."
    )
    enabled = models.BooleanField(default=True)
    drill = models.BooleanField(default=False, help_text="The sandbox of a team's fire drill, not a promise.")
    created_at = models.DateTimeField()
    made_with = models.UUIDField(null=True, unique=True, editable=False, help_text="The form that set it by hand.")

    next_due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    lease_number = models.PositiveBigIntegerField(default=0)
    lease_attempts = models.PositiveIntegerField(default=0)
    lease_batch = models.BigIntegerField(null=True, help_text="The batch that measures it now.")
    system = models.ForeignKey("catalog.DataSystem", on_delete=models.SET_NULL, null=True, related_name="+")

    # the newest facts, so that the board and the metrics read one row and no history
    statements = models.JSONField(default=list, help_text="The SQL that the last look asked.")
    last_at = models.DateTimeField(null=True)
    last_result = models.CharField(max_length=14, choices=RESULTS, blank=True)
    last_value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    budget_left = models.DecimalField(
        max_digits=14, decimal_places=6, null=True, help_text="A share; below 0 overspent."
    )
    spent_at = models.DateTimeField(null=True, help_text="Since when the budget has been spent.")

    class Meta:
        ordering = ["asset__name", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "kind", "name"], name="slo_one_of_a_name"),
            models.CheckConstraint(
                condition=models.Q(objective__gt=0, objective__lt=1), name="slo_objective_leaves_a_budget"
            ),
        ]
        indexes = [
            models.Index(fields=["next_due_at"], condition=models.Q(enabled=True), name="slo_due"),
            models.Index(fields=["leased_until"], condition=models.Q(leased_until__isnull=False), name="slo_leased"),
            models.Index(fields=["name"], condition=~models.Q(name=""), name="slo_by_own_name"),
        ]

    def __str__(self) -> str:
        kind = self.kind.replace("_", " ").capitalize()
        return f"{kind} of {self.asset} ({self.name})" if self.name else f"{kind} of {self.asset}"

    def get_absolute_url(self) -> str:
        return self._address

    @cached_property
    def _address(self) -> str:
        return reverse("slos:slo", args=[self.pk])

    def team_ids(self) -> set[int]:
        """Teams whose people may act on its incidents."""
        return {self.owner_team_id} if self.owner_team_id else set()

    @property
    def target(self) -> Bound:
        """What must hold."""
        return Bound(self.target_op, self.target_value)

    @property
    def alert(self) -> Bound:
        """Past this, somebody is told."""
        return Bound(self.alert_op, self.alert_value)

    @property
    def rule(self) -> AlertRule:
        """The times of its alert."""
        return AlertRule(interval=self.interval, hold=self.hold, clear_for=self.clear_for)

    @property
    def phase(self) -> timedelta:
        """How far its grid of looks and slices is shifted."""
        return phase(self.pk, self.interval)

    @property
    def objective_percent(self) -> str:
        """The objective for people."""
        return plain(100 * self.objective)

    @property
    def budget_window(self) -> timedelta:
        """The window of its error budget."""
        return timedelta(days=self.budget_days)

    @property
    def stale_after(self) -> timedelta:
        """A measurement older than this says nothing about the present."""
        return 2 * self.interval
