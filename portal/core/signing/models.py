"""Challenges that wait for a person, the wrong tries at them, and the signatures that came of them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from portal.core.signing.domain.statement import statement

if TYPE_CHECKING:
    from datetime import datetime


def fresh_nonce() -> str:
    """128 random bits in hex."""
    return secrets.token_hex(16)


class Act(models.Model):
    """What is signed: which digest, for what purpose, in which role. `ref` is the signed thing's own reference."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=60)
    ref = models.CharField(max_length=200)
    digest = models.CharField(max_length=80)
    version = models.CharField(max_length=60)
    role = models.CharField(max_length=40)
    nonce = models.CharField(max_length=32, unique=True, default=fresh_nonce, editable=False)

    class Meta:
        abstract = True


class Challenge(Act):
    """An invitation to sign: good for five minutes, once, for one person."""

    created_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["user", "purpose", "ref"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.ref} as {self.role}"

    @property
    def statement(self) -> bytes:
        """The bytes that the signature will be about."""
        return statement(
            digest=self.digest,
            version=self.version,
            role=self.role,
            user=str(self.user.public_id),
            nonce=self.nonce,
        )

    def expired(self, at: datetime) -> bool:
        """Whether its five minutes have passed."""
        return at >= self.expires_at


class WrongTry(models.Model):
    """A wrong password or code. Holds no foreign key: it is written on a connection of its own (see `tries`)."""

    nonce = models.CharField(max_length=32, db_index=True)
    person = models.UUIDField(db_index=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"wrong try at {self.at:%Y-%m-%d %H:%M:%S}"


class Signature(Act):
    """A person's statement over a digest, with how they proved themselves and the server's countersignature."""

    method = models.CharField(max_length=30)
    statement = models.BinaryField()
    server_signature = models.BinaryField()
    key_id = models.CharField(max_length=120)
    signed_at = models.DateTimeField()
    entry = models.ForeignKey("evidence.Entry", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["signed_at", "pk"]
        indexes = [models.Index(fields=["purpose", "ref"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.ref} as {self.role}"

    @property
    def strength(self) -> str:
        """What the method is worth, in words."""
        from portal.core.signing.proofs.registry import strength_of  # the methods stand above the models

        return strength_of(self.method)


class Assertion(models.Model):
    """What a passkey answered at a signature (WebAuthn section 7.2): all that an offline verifier needs of it."""

    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="assertion")
    client_data = models.BinaryField(help_text="clientDataJSON, as the browser made it")
    authenticator_data = models.BinaryField()
    person_signature = models.BinaryField(help_text="over authenticatorData and SHA-256 of clientDataJSON")
    public_key = models.BinaryField(help_text="COSE key (RFC 9052)")
    credential = models.CharField(max_length=71, db_index=True, help_text="SHA-256 of the credential id")
    rp_id = models.CharField(max_length=253)
    origin = models.CharField(max_length=300)
    sign_count = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"passkey {self.credential[:19]} at {self.origin}"
