"""A team's ladder: who is told first, who next, and how long each has."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models

from portal.core.notify.registry import channels

from ..domain.escalation import MOST_REPEATS


class Policy(models.Model):
    """One team's ladder; a team without one has the usual ladder (rotations or on-call people, owners, mailbox)."""

    team = models.OneToOneField("identity.Team", on_delete=models.CASCADE, related_name="escalation")
    repeats = models.PositiveSmallIntegerField(default=2, help_text="How often the ladder is climbed again.")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["team__name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(repeats__lte=MOST_REPEATS), name="policy_repeats_are_capped")
        ]

    def __str__(self) -> str:
        return f"Escalation of {self.team}"

    def team_ids(self) -> set[int]:
        """The team whose owners may change it."""
        return {self.team_id}


class Level(models.Model):
    """One rung: a rotation, a person, the people of a role, or the team's own addresses of a channel (or of all)."""

    class Target(models.TextChoices):
        ROTATION = "rotation", "Who has the turn in a rotation"
        PERSON = "person", "One person"
        ON_CALL = "on_call", "Everybody with the role on-call engineer"
        OWNERS = "owners", "The team's owners"
        ADDRESSES = "addresses", "The team's addresses"

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="levels")
    position = models.PositiveSmallIntegerField()
    target = models.CharField(max_length=10, choices=Target)
    rotation = models.ForeignKey("oncall.Rotation", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    channel = models.CharField(max_length=40, blank=True, help_text="For addresses: only this channel.")
    wait = models.DurationField(default=timedelta(minutes=15), help_text="Before the next level is told.")

    class Meta:
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "position"], name="level_place_once"),
            models.CheckConstraint(condition=models.Q(wait__gte=timedelta(minutes=1)), name="level_waits_a_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.label}"

    @property
    def label(self) -> str:
        """What it is, in words."""
        if self.target == self.Target.ROTATION:
            return f"Rotation {self.rotation.name if self.rotation else ''}".strip()
        if self.target == self.Target.PERSON:
            return str(self.person)
        if self.target == self.Target.ADDRESSES:
            way = channels().get(self.channel)
            return f"The team's addresses: {way.label}" if way else "The team's addresses"
        return str(self.get_target_display())
