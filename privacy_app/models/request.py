"""One deletion request, its state and its clocks; no identifier of the subject is in this table."""

from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse

from privacy_app.domain import clocks
from privacy_app.domain.request import OPEN, State, words

STATES = [(state.value, words(state)) for state in State]


class Request(models.Model):
    """A subject's wish to be forgotten, from its receipt to its proof."""

    class Channel(models.TextChoices):
        FORM = "form", "Public form"
        API = "api", "API"
        STAFF = "staff", "Entered by staff"

    req_id = models.CharField(max_length=20, unique=True)
    key_name = models.CharField(max_length=32, unique=True, editable=False)
    state = models.CharField(max_length=20, choices=STATES, default=State.RECEIVED)
    paused_from = models.CharField(max_length=20, choices=STATES, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    law = models.CharField(
        max_length=10, choices=[(law.value, law.name) for law in clocks.Law], default=clocks.Law.GDPR
    )
    idempotency_key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    secret_hash = models.CharField(max_length=64, editable=False)
    sealed_secret = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verify_method = models.CharField(max_length=40, blank=True)
    verify_reason = models.TextField(blank=True)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")
    resolved_digest = models.CharField(max_length=80, blank=True)
    closed_basis = models.CharField(max_length=200, blank=True)
    closed_text = models.TextField(blank=True)
    destructive_from = models.DateTimeField(null=True, blank=True)
    appeal_until = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True)
    checked_entry = models.ForeignKey(
        "evidence.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    completed_entry = models.ForeignKey(
        "evidence.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    artifact_digest = models.CharField(max_length=80, blank=True)
    pdf_digest = models.CharField(max_length=80, blank=True)
    bundle_digest = models.CharField(max_length=80, blank=True)
    shredded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received_at", "pk"]
        indexes = [models.Index(fields=["state", "received_at"], name="privacy_request_state")]

    def __str__(self) -> str:
        return self.req_id

    def get_absolute_url(self) -> str:
        return reverse("privacy:request", args=[self.req_id])

    def team_ids(self) -> set[int]:
        """No team owns a request: roles of teams have no right to it."""
        return set()

    def planner_ids(self) -> set[int]:
        """Who may not approve: the person behind the present plan, and whoever decided its findings."""
        plan = max(self.plans.all(), key=lambda each: each.number, default=None)
        return plan.planner_ids() if plan else set()

    @property
    def is_open(self) -> bool:
        return State(self.state) in OPEN

    @property
    def state_words(self) -> str:
        return words(State(self.state))

    def _pauses(self) -> list[clocks.Pause]:
        return [clocks.Pause(each.started_at, each.ended_at) for each in self.pauses.all()]

    def slo(self, now: datetime) -> clocks.Clock:
        """The 72 hours; they stop when the request has ended."""
        return clocks.slo_clock(self.received_at, self.completed_at or now, self._pauses())

    def statutory(self, now: datetime) -> clocks.Clock:
        """The law's own clock."""
        law = clocks.Law(self.law)
        return clocks.statutory_clock(self.received_at, self.completed_at or now, law, self._pauses())

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the state a member of the transition table's states."""
        self.state = State(self.state)
        super().save(*args, **kwargs)


class Pause(models.Model):
    """A time in which we waited for the subject."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="pauses")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at"]

    def __str__(self) -> str:
        return f"{self.request} paused"
