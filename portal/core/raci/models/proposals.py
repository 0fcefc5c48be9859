"""Proposals to change rows of the matrix, and the signatures that each needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

from portal.core.evidence.domain.canonical import canonical_bytes, digest

from ..domain.changes import RowChange
from ..domain.documents import proposal_document
from ..domain.matrix import from_json

if TYPE_CHECKING:
    from datetime import datetime


class State(models.TextChoices):
    """Where a proposal stands."""

    OPEN = "open", "Waits for signatures"
    IN_FORCE = "in_force", "In force"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Proposal(models.Model):
    """Changes of rows that come into force together, once everybody whom they ask has signed."""

    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.TextField()
    digest = models.CharField(max_length=71)
    key = models.UUIDField(unique=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]

    def __str__(self) -> str:
        return f"Proposal {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("raci:proposal", args=[self.pk])

    @property
    def ref(self) -> str:
        """What a signature's challenge names."""
        return f"raci:proposal:{self.pk}"

    def row_changes(self) -> list[RowChange]:
        """Its changes, in the order of their rows."""
        return [each.row_change for each in self.changes.all()]

    def current_digest(self) -> str:
        """The digest of what is stored now; it has to be the one that was proposed."""
        document = proposal_document(self.row_changes(), reason=self.reason, asked=str(self.key))
        return digest(canonical_bytes(document))

    @property
    def is_open(self) -> bool:
        """Whether it can still be signed."""
        return self.state == State.OPEN


class Change(models.Model):
    """One row of a proposal, before and after. While the proposal is open no other may touch the row."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="changes")
    row_key = models.CharField(max_length=1600)
    title = models.CharField(max_length=1000)
    asset = models.ForeignKey("catalog.Asset", on_delete=models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    open = models.BooleanField(default=True)

    class Meta:
        ordering = ["row_key"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "row_key"], name="change_row_once_a_proposal"),
            models.UniqueConstraint(
                fields=["row_key"], condition=models.Q(open=True), name="change_one_open_proposal_a_row"
            ),
        ]
        indexes = [models.Index(fields=["row_key", "proposal"], name="change_by_row")]

    def __str__(self) -> str:
        return f"{self.title} in {self.proposal}"

    @property
    def row_change(self) -> RowChange:
        """The change as the rules know it."""
        before, after = (from_json(side) if side else None for side in (self.before, self.after))
        return RowChange(self.row_key, before, after)


class Demand(models.Model):
    """One signature that a proposal needs, and who gave it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="demands")
    holder = models.CharField(max_length=200)
    label = models.CharField(max_length=200)
    capacity = models.CharField(max_length=40)
    present = models.JSONField(default=list)
    proposed = models.JSONField(default=list)
    instead_of = models.JSONField(default=list)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signature = models.OneToOneField("signing.Signature", on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "holder"], name="demand_once_a_holder"),
            models.UniqueConstraint(
                fields=["proposal", "user"], condition=models.Q(user__isnull=False), name="demand_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal} as {self.label}"

    @property
    def role(self) -> str:
        """In which role it is signed; no longer than a signature's column."""
        return self.label[:40]

    def sign(self, user: object, signature: object, at: datetime) -> None:
        """Keep who signed."""
        self.user, self.signature, self.signed_at = user, signature, at  # type: ignore[assignment]
        self.save(update_fields=["user", "signature", "signed_at"])
