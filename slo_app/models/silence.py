"""A silence: which alerts of a team nobody is told about, from when to when, by whom and why."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse

from ..domain.silence import Matcher


class Silence(models.Model):
    """It always ends, and it hides notices only: evaluation goes on.

    `matchers` are patterns by label, all of which must fit. A silence covers alerts of one team, the author's, since
    nobody may hold back what wakes other people.
    """

    team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, related_name="+")
    matchers = models.JSONField(default=dict)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=400)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    key = models.UUIDField(unique=True, null=True, help_text="Of the form that made it, so that it is made once.")

    class Meta:
        ordering = ["-ends_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gte=models.F("starts_at")), name="silence_ends_after"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="silence_has_a_reason"),
        ]
        indexes = [models.Index(fields=["team", "ends_at"], name="silence_in_force")]

    def __str__(self) -> str:
        return f"{self.team}: {self.sentence}"

    def get_absolute_url(self) -> str:
        return reverse("slos:silence-page", args=[self.pk])

    def team_ids(self) -> set[int]:
        """The team whose alerts it covers."""
        return {self.team_id}

    @property
    def patterns(self) -> list[Matcher]:
        """The matchers as the domain reads them."""
        return [Matcher(label, pattern) for label, pattern in sorted(self.matchers.items())]

    @property
    def sentence(self) -> str:
        """What it fits, in words."""
        return ", ".join(map(str, self.patterns)) or "every alert"

    def state(self, at: datetime) -> tuple[str, str]:
        """The word and the kind of its state at a time."""
        if at < self.starts_at:
            return "Planned", "wait"
        if at < self.ends_at:
            return "In force", "info"
        return ("Ended early" if self.ended_by_id else "Over"), "off"
