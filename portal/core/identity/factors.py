"""What a person can prove themselves with besides the password: passkeys, and one-time codes (RFC 6238)."""

from __future__ import annotations

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.core.cache import cache


def has_second_factor(user: Any) -> bool:
    """Whether the person has a passkey or one-time codes; recovery codes alone do not count."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user=user, type__in=kinds).exists())


def has_codes(user: Any) -> bool:
    """Whether the person has set up one-time codes."""
    return bool(_totp(user).exists())


def passkeys(user: Any) -> Any:
    """The person's passkeys, as rows of allauth, oldest first."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("pk")


def check_code(user: Any, code: str) -> bool:
    """Whether this is a one-time code of the person that is good now; a code is good once."""
    authenticator = _totp(user).first()
    return bool(authenticator and authenticator.wrap().validate_code(code) and spend(user, code))


def spend(user: Any, code: str) -> bool:
    """Mark a code as used; False where it was used before.

    RFC 6238 section 5.2 asks that a code be accepted once. allauth remembers it for one period, but with a tolerance
    of one step it stays valid for three, so it is remembered here for that long.
    """
    validity = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    return bool(cache.add(f"identity.totp.spent:{user.pk}:{''.join(code.split())}", "y", timeout=validity))


def _totp(user: Any) -> Any:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
