"""Waivers: one finding or one row of a change report let through, for a reason, until a day, by a signature."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse

from contracts_app.domain.waivers import Terms
from portal.core.evidence.domain.canonical import digest


class Waiver(models.Model):
    """It counts from its signature to its expiry or revocation; without a signature it counts for nothing.

    `rule` is a kind of the table of changes or a rule of the gate, `path` what it is about (a field, an asset's key).
    """

    rule = models.CharField(max_length=60)
    path = models.CharField(max_length=1600, blank=True)
    contract = models.ForeignKey(
        "contracts_app.Contract", on_delete=models.PROTECT, null=True, blank=True, related_name="waivers"
    )
    version = models.ForeignKey(
        "contracts_app.Version", on_delete=models.PROTECT, null=True, blank=True, related_name="waivers"
    )
    asset = models.ForeignKey("catalog.Asset", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    job = models.CharField(max_length=700, blank=True, help_text="Namespace and name; empty: every job.")
    reason = models.TextField()
    expires_at = models.DateTimeField()
    key = models.UUIDField(unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signature = models.OneToOneField(
        "signing.Signature", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["rule", "path"], name="waiver_what")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signature=None, signer=None, signed_at=None)
                | models.Q(signature__isnull=False, signer__isnull=False, signed_at__isnull=False),
                name="waiver_signed_whole",
            )
        ]

    def __str__(self) -> str:
        return f"Waiver {self.pk} of {self.rule}" + (f" at {self.path}" if self.path else "")

    def get_absolute_url(self) -> str:
        """The page of the waiver."""
        return reverse("contracts:waiver", args=[self.pk])

    def in_force(self, at: datetime) -> bool:
        """Whether it counts at that time."""
        return self.signed_at is not None and self.revoked_at is None and at < self.expires_at

    def standing(self, at: datetime) -> tuple[str, str]:
        """Its state at that time: the word and its kind of mark."""
        if self.revoked_at is not None:
            return "Revoked", "off"
        if at >= self.expires_at:
            return "Expired", "off"
        return ("In force", "warn") if self.signed_at else ("Waits for its signature", "wait")

    def team_ids(self) -> set[int]:
        """The team whose contract or asset it is about."""
        owned = [self.contract, self.asset]
        return {each.owner_team_id for each in owned if each is not None and each.owner_team_id is not None}

    @property
    def terms(self) -> Terms:
        """What the signer binds themselves to."""
        return Terms(
            rule=self.rule,
            path=self.path,
            contract=self.contract.name if self.contract else "",
            version=self.version.number if self.version else "",
            digest=self.version.digest if self.version else "",
            asset=self.asset.key if self.asset else "",
            job=self.job,
            reason=self.reason,
            expires_at=self.expires_at,
            number=str(self.pk),
        )

    @property
    def digest(self) -> str:
        """The hash that is signed."""
        return digest(self.terms.canonical())

    @property
    def ref(self) -> str:
        """What a signature's challenge names."""
        return f"contracts:waiver:{self.pk}"
