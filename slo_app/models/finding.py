"""What was found of a contract's promises about persons' data, and what people attest of systems."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from ..domain.findings import Outcome


class Finding(models.Model):
    """How one promise of one asset stands; open from the look that found it broken to the one that finds it kept."""

    asset = models.ForeignKey("catalog.Asset", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    promised = models.CharField(max_length=200)
    contract = models.CharField(max_length=300)
    contract_version = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10, choices=[(each.value, each.word) for each in Outcome])
    facts = models.JSONField(default=list, help_text="Each: kept (true, false, null) and words.")
    checked_at = models.DateTimeField()
    broken_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asset__namespace", "asset__name", "kind"]
        constraints = [models.UniqueConstraint(fields=["asset", "kind"], name="finding_once_an_asset")]

    def __str__(self) -> str:
        return f"{self.kind.capitalize()} of {self.asset}"

    @property
    def stands(self) -> Outcome:
        """The outcome, with its word and the kind of its mark."""
        return Outcome(self.outcome)


class Attestation(models.Model):
    """A person's word that a system is encrypted at rest, with its date; the newest counts."""

    system = models.ForeignKey("catalog.DataSystem", on_delete=models.CASCADE, related_name="+")
    attested_on = models.DateField()
    how = models.CharField(max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    key = models.UUIDField(unique=True)

    class Meta:
        ordering = ["-attested_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.system} attested on {self.attested_on}"
