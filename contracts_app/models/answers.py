"""What consumer teams said of a version, and the grounds that a privacy officer gave for a change in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from contracts_app.domain.answers import Said

ANSWERS = [(said.value, said.value.capitalize()) for said in Said]


class Answer(models.Model):
    """One team's word, or the silence or overruling in its place. Rows are only added; the latest of a team counts.

    `consumer` is the string that the contract names it by; `team` is None where no team has that name.
    """

    version = models.ForeignKey("contracts_app.Version", on_delete=models.PROTECT, related_name="answers")
    consumer = models.CharField(max_length=500)
    team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    said = models.CharField(max_length=12, choices=ANSWERS)
    reason = models.TextField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    key = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "consumer"],
                condition=models.Q(said=Said.NOTIFIED.value),
                name="answer_silence_once_a_consumer",
            ),
            models.CheckConstraint(
                condition=models.Q(said=Said.NOTIFIED.value, user=None)
                | models.Q(~models.Q(said=Said.NOTIFIED.value), user__isnull=False),
                name="answer_by_a_person_or_silence",
            ),
            models.CheckConstraint(
                condition=~models.Q(said__in=[Said.OBJECTED.value, Said.OVERRULED.value]) | ~models.Q(reason=""),
                name="answer_against_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team or self.consumer}: {self.said}"

    @property
    def word(self) -> Said:
        """What was said, typed."""
        return Said(self.said)


class Grounds(models.Model):
    """Why a privacy officer holds that a weaker promise about people is right, with the evidence that it rests on.

    `reference` is the digest of a kept artifact or "entry:" and the number of a ledger entry.
    """

    version = models.ForeignKey("contracts_app.Version", on_delete=models.PROTECT, related_name="grounds")
    kind = models.CharField(max_length=60)
    path = models.CharField(max_length=500, blank=True)
    reason = models.TextField()
    reference = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "kind", "path"], name="grounds_once_a_change"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="grounds_have_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.path or 'the contract'}: {self.reference}"
