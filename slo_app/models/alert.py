"""The alert of one SLO: the state of the pure machine as a row, locked while it steps."""

from __future__ import annotations

from dataclasses import fields

from django.db import models

from ..domain.alert import AlertState, Phase

PHASES = [(phase.value, phase.value.replace("_", " ")) for phase in Phase]
STATE_FIELDS = tuple(each.name for each in fields(AlertState))


class Alert(models.Model):
    """Exactly one row for a deduplication key, so that no race can open two alerts about the same trouble."""

    slo = models.ForeignKey("slo_app.Slo", on_delete=models.CASCADE, related_name="alerts")
    dedup_key = models.CharField(max_length=64, unique=True)
    labels = models.JSONField(default=dict)
    phase = models.CharField(max_length=14, choices=PHASES, default=Phase.OK.value)
    watched_since = models.DateTimeField()
    last_sample_at = models.DateTimeField(null=True)
    pending_since = models.DateTimeField(null=True)
    breaches = models.PositiveIntegerField(default=0)
    clear_since = models.DateTimeField(null=True)
    fired_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    reopen_until = models.DateTimeField(null=True)
    rebreaches = models.PositiveIntegerField(default=0)
    data_lost_at = models.DateTimeField(null=True)
    silenced_until = models.DateTimeField(null=True)
    silence_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["slo"]

    def __str__(self) -> str:
        return f"{self.slo}: {self.get_phase_display()}"

    @property
    def state(self) -> AlertState:
        """What the machine works on."""
        values = {name: getattr(self, name) for name in STATE_FIELDS}
        return AlertState(**values | {"phase": Phase(self.phase)})

    def take(self, state: AlertState) -> None:
        """Save what the machine gave back; the caller holds the row lock."""
        for name in STATE_FIELDS:
            setattr(self, name, getattr(state, name))
        self.phase = state.phase.value
        self.save(update_fields=list(STATE_FIELDS))
