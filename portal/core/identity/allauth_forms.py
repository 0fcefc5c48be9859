"""allauth's forms: strict about using a one-time code twice, and in our words about passkeys."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn_forms

from portal.core.identity.factors import spend


class _OnceOnly(forms.BaseAuthenticateForm):  # type: ignore[misc]  # allauth is not typed
    def clean_code(self) -> str:
        """The code, unless it is wrong or was used before."""
        code = str(super().clean_code())
        if self.authenticator.type == Authenticator.Type.TOTP and not spend(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_OnceOnly, forms.AuthenticateForm):  # type: ignore[misc]  # allauth is not typed
    """The second step of signing in."""


class ReauthenticateForm(_OnceOnly, forms.ReauthenticateForm):  # type: ignore[misc]  # allauth is not typed
    """Proving again who sits there, before a change to the account."""


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]  # allauth is not typed
    """Adding a passkey, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.label = "Sign in with this passkey alone"
        alone.help_text = "Then you need no password at the sign-in. It signs contracts either way."
