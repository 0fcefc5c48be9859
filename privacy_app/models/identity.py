"""Who the request is about: every value sealed under the request's key, beside a token to look it up."""

from datetime import datetime

from django.conf import settings
from django.db import models

CODE_TRIES = 5


class Identifier(models.Model):
    """What the requester gave: the address that they can prove, and others that are only hints."""

    class Standing(models.TextChoices):
        CLAIMED = "claimed", "Claimed"
        PROVED = "proved", "Proved in this request"
        ACCEPTED = "accepted", "Accepted by staff, with a reason"
        REFUSED = "refused", "Claimed, not proved: left out"

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=40)
    sealed = models.BinaryField(null=True)
    lookup = models.CharField(max_length=80, db_index=True)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.CLAIMED)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request}"


class VerificationCode(models.Model):
    """A one-use code sent to the address that the requester claims."""

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="codes")
    identifier = models.ForeignKey(Identifier, on_delete=models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return f"code for {self.request}"

    @property
    def locked(self) -> bool:
        return self.wrong_tries >= CODE_TRIES

    def usable(self, now: datetime) -> bool:
        return self.used_at is None and not self.locked and now < self.expires_at


class ResolvedIdentifier(models.Model):
    """A member of the frozen set that the plan erases; `token` is how the proof names it."""

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="resolved")
    kind = models.CharField(max_length=40)
    sealed = models.BinaryField(null=True)
    token = models.CharField(max_length=80)
    source = models.CharField(max_length=300)
    confidence = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["kind", "token"]
        constraints = [models.UniqueConstraint(fields=["request", "token"], name="privacy_resolved_once")]
        indexes = [models.Index(fields=["token"], name="privacy_resolved_token")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request}"


class WaitingEdge(models.Model):
    """A link that is not followed by itself; a person confirms it or leaves it out, with a reason."""

    class Decision(models.TextChoices):
        OPEN = "open", "Waits for a person"
        CONFIRMED = "confirmed", "Followed"
        DISMISSED = "dismissed", "Left out"

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="waiting_edges")
    token = models.CharField(max_length=80)
    sealed = models.BinaryField(null=True)
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=300)
    confidence = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=300, blank=True)
    persons = models.PositiveIntegerField(default=0)
    claimed = models.BooleanField(default=False)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["request", "token"], name="privacy_edge_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.request}"


class AskedSource(models.Model):
    """A system with identity maps as it answered for one request; a person may leave it out, with a reason."""

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="sources")
    name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    links = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    left_out = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="privacy_source_once")]

    def __str__(self) -> str:
        return f"{self.name} for {self.request}"

    @property
    def blocks(self) -> bool:
        """Whether the set cannot be frozen because of it."""
        return bool(self.error) and not self.left_out
