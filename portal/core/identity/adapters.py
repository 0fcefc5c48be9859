"""Where django-allauth asks us: nobody signs up by themselves, and secrets of one-time codes are encrypted at rest."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest

from portal.core.identity.factors import passkeys
from portal.core.identity.relying_party import NAME, rp_id


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's signature
        """Never."""
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """Encrypts what would let a reader of the database make one-time codes."""

    def encrypt(self, text: str) -> str:
        """The text under the present key."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text again, under the present key or one of `SECRET_KEY_FALLBACKS`."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The relying party of the public address: the name in a request's Host header decides nothing."""
        return {"id": rp_id(), "name": NAME}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  # allauth's signature
        """What a new passkey is called unless its owner says otherwise."""
        del type
        return f"Passkey {passkeys(user).count() + 1}"

    def _get_site_name(self) -> str:
        return NAME


def _box() -> MultiFernet:
    keys: list[Any] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"custody.mfa.v1:" + secret.encode()).digest())
