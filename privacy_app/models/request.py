"""One deletion request, its state and its clocks; no identifier of the subject is in this table."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from privacy_app.domain import clocks
from privacy_app.domain.notices import DEFAULT_LANGUAGE, LANGUAGES
from privacy_app.domain.request import ENDED, OPEN, State, words
from privacy_app.domain.status_words import Because, Words, words_of

STATES = [(state.value, words(state)) for state in State]
NOT_ENDED = ~models.Q(state__in=sorted(state.value for state in ENDED))


class Request(models.Model):
    """A subject's wish to be forgotten, from its receipt to its proof."""

    class Channel(models.TextChoices):
        FORM = "form", "Public form"
        API = "api", "API"
        STAFF = "staff", "Entered by staff"
        LETTER = "letter", "Letter"
        CSV = "csv", "File of requests"

    req_id = models.CharField(max_length=20, unique=True)
    key_name = models.CharField(max_length=32, unique=True, editable=False)
    state = models.CharField(max_length=20, choices=STATES, default=State.RECEIVED)
    paused_from = models.CharField(max_length=20, choices=STATES, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    law = models.CharField(
        max_length=10, choices=[(law.value, law.name) for law in clocks.Law], default=clocks.Law.GDPR
    )
    language = models.CharField(max_length=5, choices=list(LANGUAGES.items()), default=DEFAULT_LANGUAGE)
    intake_token = models.ForeignKey(
        "identity.ServiceToken", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    batch = models.ForeignKey(
        "privacy_app.ImportBatch", on_delete=models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    fingerprint = models.CharField(max_length=80, blank=True, editable=False)
    sealed_callback = models.BinaryField(null=True)
    idempotency_key = models.CharField(max_length=200, null=True, blank=True, unique=True)
    secret_hash = models.CharField(max_length=64, editable=False)
    sealed_secret = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    code_due = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    verify_until = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verify_method = models.CharField(max_length=80, blank=True)
    verify_reason = models.TextField(blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")
    resolved_digest = models.CharField(max_length=80, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    extension_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(
        max_length=12, blank=True, choices=[(each.value, each.value) for each in Because if each]
    )
    closed_basis = models.CharField(max_length=200, blank=True)
    closed_text = models.TextField(blank=True)
    destructive_from = models.DateTimeField(null=True, blank=True)
    appeal_until = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True)
    check_again_at = models.DateTimeField(null=True, blank=True)
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
    changes = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(fields=["state", "received_at"], name="privacy_request_state"),
            models.Index(fields=["id"], condition=models.Q(code_due=True), name="privacy_code_due"),
            models.Index(fields=["received_at", "id"], condition=NOT_ENDED, name="privacy_open_by_age"),
        ]

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

    def protocol_words(self) -> Words:
        """What OpenDSR and the Data Rights Protocol call the present state."""
        return words_of(State(self.state), self.closed_because, kept=self.shredded_at is None)

    @property
    def ended_at(self) -> datetime | None:
        """When its clocks stopped: at the proof, or when it ended without one."""
        return self.completed_at or self.closed_at

    @property
    def waits_for_subject(self) -> bool:
        """Whether nothing but an act of the subject can move it on."""
        return State(self.state) in (State.IDENTITY_PENDING, State.PAUSED)

    def _pauses(self) -> list[clocks.Pause]:
        return [clocks.Pause(each.started_at, each.ended_at) for each in self.pauses.all()]

    def slo(self, now: datetime) -> clocks.Clock:
        """The 72 hours; they stop when the request has ended."""
        return clocks.slo_clock(self.received_at, self.ended_at or now, self._pauses())

    def statutory(self, now: datetime) -> clocks.Clock:
        """The law's own clock, with its extension where the subject was told of one."""
        law, extended = clocks.Law(self.law), self.extended_at is not None
        return clocks.statutory_clock(self.received_at, self.ended_at or now, law, self._pauses(), extended=extended)

    @property
    def acknowledge_due(self) -> datetime:
        """When the receipt had to be acknowledged at the latest."""
        return clocks.acknowledge_due(self.received_at, clocks.Law(self.law))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the state a member of the transition table's states."""
        self.state = State(self.state)
        super().save(*args, **kwargs)
