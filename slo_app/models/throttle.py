"""Who is held back by what: each SLO's hold, an asset's level, its consumers, their classes, and overrides.

A state change writes the rows of one asset's SLOs and its level, whatever the number of its consumers; lineage writes
`ThrottleReach` on its own time. Consumers stand here by name, since lineage makes its rows anew on a rebuild.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.http import urlencode

from ..domain.throttle import CLASSES, FULL, HALF, NOTHING, TENTH, Answer, Cause, Held, Level, OnUnknown, of_factor


def digest_of(name: str) -> str:
    """The 64 hex digits under which `namespace/name` is looked up, however long it is."""
    return hashlib.sha256(name.encode()).hexdigest()


class ThrottleSource(models.Model):
    """What one SLO holds back; the state of the pure rule as a row."""

    slo = models.OneToOneField("slo_app.Slo", on_delete=models.CASCADE, related_name="throttle")
    asset = models.ForeignKey("catalog.Asset", on_delete=models.CASCADE, related_name="+")
    cause = models.CharField(max_length=12, choices=[(each.name, each.value) for each in Cause])
    factor = models.FloatField(default=FULL)
    since = models.DateTimeField()
    recovering = models.BooleanField(default=False)
    good = models.PositiveSmallIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.slo}: {self.factor}"

    @property
    def held(self) -> Held:
        """What the rule works on."""
        return Held(self.since, Cause[self.cause], self.factor, self.recovering, self.good, self.counted_at)


class ThrottleLevel(models.Model):
    """What an asset holds back, precomputed. `stale_at`: later than this the level says nothing about the present."""

    asset = models.OneToOneField("catalog.Asset", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, unique=True, help_text="digest_of the asset's namespace/name.")
    factor = models.FloatField(default=FULL)
    denies = models.BooleanField(default=False)
    unknown = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    stale_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    reach_at = models.DateTimeField(null=True, help_text="When its consumers were last read from lineage.")
    direct = models.PositiveIntegerField(default=0)
    further = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["factor", "asset"]

    def __str__(self) -> str:
        return f"{self.asset}: {self.factor}"

    def get_absolute_url(self) -> str:
        return reverse("slos:throttle-asset", args=[self.asset_id])

    def level(self, present: datetime) -> Level:
        """What the rule works on; one that nobody has refreshed in time is unknown."""
        stale = self.stale_at is not None and self.stale_at < present
        return Level(self.factor, self.denies, self.unknown or stale)


class ThrottleReach(models.Model):
    """A job downstream of an asset: `hops` 1 reads it, 2 reads what comes of it. `told` is the last hint sent."""

    asset = models.ForeignKey("catalog.Asset", on_delete=models.CASCADE, related_name="+", db_index=False)
    consumer = models.CharField(max_length=64)
    namespace = models.TextField()
    name = models.TextField()
    hops = models.PositiveSmallIntegerField()
    told = models.CharField(max_length=16, default="allow 1.0")

    class Meta:
        ordering = ["hops", "namespace", "name"]
        constraints = [models.UniqueConstraint(fields=["asset", "consumer"], name="throttle_reach_once")]
        indexes = [models.Index(fields=["consumer"], name="throttle_reach_consumer")]

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class ConsumerClass(models.Model):
    """What somebody set for a class of consumers instead of its default; `version` goes up with every edit."""

    key = models.CharField(max_length=20, unique=True)
    on_unknown = models.CharField(max_length=5, choices=[(each.value, each.value) for each in OnUnknown])
    version = models.PositiveIntegerField(default=2, help_text="1 is the default of the rule table.")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class Consumer(models.Model):
    """A job whose class somebody has set, or that wants a hint when a decision about it changes."""

    consumer = models.CharField(max_length=64, unique=True)
    namespace = models.TextField()
    name = models.TextField()
    kind = models.CharField(max_length=20, choices=[(key, each.title) for key, each in CLASSES.items()])
    webhook = models.URLField(max_length=500, blank=True)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["namespace", "name"]

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def query(self) -> str:
        """What fills the form with it."""
        return urlencode({name: getattr(self, name) for name in ("namespace", "name", "kind", "webhook")})


FACTORS = [
    (FULL, "Allow"),
    (HALF, "Half the rate"),
    (TENTH, "A tenth of the rate"),
    (NOTHING, "Deny"),
]


class ThrottleOverride(models.Model):
    """Somebody's word against the level, for one consumer or (`consumer` empty) all, with a reason and an end."""

    asset = models.ForeignKey("catalog.Asset", on_delete=models.CASCADE, related_name="+")
    consumer = models.CharField(max_length=64, blank=True)
    consumer_name = models.TextField(blank=True)
    factor = models.FloatField(choices=FACTORS)
    reason = models.CharField(max_length=400)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    over = models.BooleanField(default=False, help_text="Its end has been noted.")
    key = models.UUIDField(null=True, unique=True, help_text="Of the form that made it, so that it is made once.")

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["asset", "ends_at"], name="throttle_override_now")]

    def __str__(self) -> str:
        until = f"{self.ends_at:%Y-%m-%d %H:%M} UTC"
        return f"{self.get_factor_display()} for {self.consumer_name or 'every consumer'} until {until}"

    @property
    def answer(self) -> Answer:
        """What it tells a consumer."""
        return of_factor(self.factor)

    def team_ids(self) -> set[int]:
        """Teams whose people may end it."""
        teams: Any = self.asset.team_ids()
        return set(teams)
