"""A team's rotations: plans that are only ever added to, so that the past stays as it was, overrides, absences."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from ..domain.rotation import Period

PERIODS = [
    (Period.WEEK.value, "One week"),
    (Period.DAY.value, "One day"),
    (Period.HALF_DAY.value, "Twelve hours"),
]
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Rotation(models.Model):
    """People of one team who take turns."""

    team = models.ForeignKey("identity.Team", on_delete=models.PROTECT, related_name="rotations")
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["team__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="rotation_name_once_a_team")]

    def __str__(self) -> str:
        return f"{self.team}: {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("oncall:rotation", args=[self.pk])

    def team_ids(self) -> set[int]:
        """The team whose people may change it."""
        return {self.team_id}


class Plan(models.Model):
    """The order of people from a day on; a change is a new plan, so the answer for yesterday never changes."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="plans")
    layer = models.PositiveSmallIntegerField(default=1)
    starts_on = models.DateField()
    hand_off = models.TimeField()
    time_zone = models.CharField(max_length=60)
    period = models.CharField(max_length=10, choices=PERIODS)
    days = models.JSONField(default=list, blank=True, help_text="Weekdays covered, Monday 0; empty: every day.")
    from_time = models.TimeField(null=True, blank=True)
    to_time = models.TimeField(null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["rotation", "layer", "starts_on", "pk"]

    def __str__(self) -> str:
        return f"{self.rotation} from {self.starts_on}"

    @property
    def day_names(self) -> str:
        """The weekdays that it covers, where it is not every day."""
        return ", ".join(WEEKDAYS[day] for day in self.days)


class Turn(models.Model):
    """One person's place in a plan."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="turns")
    position = models.PositiveSmallIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="turn_place_once")]

    def __str__(self) -> str:
        return f"{self.position}. {self.person}"


class Override(models.Model):
    """A person takes a shift, from..to, whatever the plan says."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="overrides")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="override_has_length")
        ]

    def __str__(self) -> str:
        return f"{self.person} takes {self.rotation}"

    def team_ids(self) -> set[int]:
        """The team whose people may withdraw it."""
        return self.rotation.team_ids()


class Absence(models.Model):
    """A person is away, from..to, in every rotation."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="absence_has_length")
        ]

    def __str__(self) -> str:
        return f"{self.person} is away"
