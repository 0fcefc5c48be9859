"""An alert of an SLO: the state of the pure machine as a row, locked while it steps."""

from __future__ import annotations

from dataclasses import fields

from django.db import models

from ..domain.alert import AlertState, Phase

PHASES = [(phase.value, phase.value.replace("_", " ")) for phase in Phase]
STATE_FIELDS = tuple(each.name for each in fields(AlertState))


class Alert(models.Model):
    """Exactly one row for a deduplication key, so that no race can open two alerts about the same trouble.

    An SLO has the alert of its threshold (`burn` empty) and one for each burn rate of its budget that is watched.
    """

    slo = models.ForeignKey("slo_app.Slo", on_delete=models.CASCADE, related_name="alerts")
    dedup_key = models.CharField(max_length=64, unique=True)
    labels = models.JSONField(default=dict)
    burn = models.CharField(max_length=20, blank=True, help_text="The burn rate it watches; empty for the threshold.")
    phase = models.CharField(max_length=14, choices=PHASES, default=Phase.OK.value)
    watched_since = models.DateTimeField()
    last_sample_at = models.DateTimeField(null=True)
    pending_since = models.DateTimeField(null=True)
    breaches = models.PositiveIntegerField(default=0)
    clear_since = models.DateTimeField(null=True)
    recoveries = models.PositiveIntegerField(default=0)
    fired_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_until = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    reopen_until = models.DateTimeField(null=True)
    rebreaches = models.PositiveIntegerField(default=0)
    flaps = models.PositiveIntegerField(default=0)
    data_lost_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["slo", "burn"]
        indexes = [
            models.Index(
                fields=["slo"], condition=models.Q(burn="") & ~models.Q(phase=Phase.OK.value), name="alert_not_at_rest"
            ),
        ]

    def __str__(self) -> str:
        what = f"burn {self.burn} of {self.slo}" if self.burn else str(self.slo)
        return f"{what}: {self.get_phase_display()}"

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
