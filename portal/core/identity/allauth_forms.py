"""The forms that ask for a one-time code, made strict about using a code twice."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator

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
