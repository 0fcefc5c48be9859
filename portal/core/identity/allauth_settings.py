"""How people sign in, as settings of django-allauth; `portal.settings` takes every name in here."""

import os

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/start/"

ACCOUNT_ADAPTER = "portal.core.identity.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Custody: "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    # An office shares one address, so the limit per address is wide; the limit per account is what stops guessing.
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/300s/key",
}

MFA_ADAPTER = "portal.core.identity.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "authenticate": "portal.core.identity.allauth_forms.AuthenticateForm",
    "reauthenticate": "portal.core.identity.allauth_forms.ReauthenticateForm",
    "add_webauthn": "portal.core.identity.allauth_forms.AddPasskeyForm",
}
MFA_TOTP_ISSUER = "Custody"
# One step of 30 s either way, as RFC 6238 section 5.2 allows for clocks that differ; a code is still good only once.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Browsers treat http://localhost as a secure origin; allauth asks for https unless it is told so.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = os.environ.get("BASE_URL", "http://localhost").startswith("http://localhost")
