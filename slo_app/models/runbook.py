"""Runbooks as documents: what to do when an alert fires, in versions that are never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse


class Runbook(models.Model):
    """One runbook. `scope` says whose default it is: its owner's SLOs, everybody's, or only those that name it."""

    class Scope(models.TextChoices):
        NAMED = "named", "Only SLOs that name it"
        TEAM = "team", "Every SLO of its owner"
        ALL = "all", "Every SLO"

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=150)
    owner_team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.NAMED)
    kind = models.CharField(
        max_length=40, blank=True, help_text="The indicator that it is the default for; empty: any."
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_team", "kind"], condition=models.Q(scope="team"), name="runbook_one_default_a_team"
            ),
            models.UniqueConstraint(fields=["kind"], condition=models.Q(scope="all"), name="runbook_one_default"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("slos:runbook", args=[self.key])

    def team_ids(self) -> set[int]:
        """Teams whose people may write it."""
        return {self.owner_team_id}

    @property
    def meant_for(self) -> str:
        """What it is for, in words."""
        kind = self.kind.replace("_", " ")
        if self.scope == self.Scope.NAMED:
            return "SLOs that name it"
        whose = "every team" if self.scope == self.Scope.ALL else str(self.owner_team)
        return f"{kind} of {whose}" if kind else f"every SLO of {whose}"


class RunbookVersion(models.Model):
    """The text of a runbook as somebody saved it, with its steps; a change is a new version."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    markdown = models.TextField()
    steps = models.JSONField()
    digest = models.CharField(max_length=80)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["runbook", "number"], name="runbook_version_once")]

    def __str__(self) -> str:
        return f"{self.runbook} version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("slos:runbook-version", args=[self.runbook.key, self.number])
