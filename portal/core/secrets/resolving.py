"""Following a reference to its value."""

import os

from django.conf import settings

from portal.core.secrets.reference import SecretRefused, check


def resolve(reference: str) -> str | None:
    """The secret behind `env:…` or `file:…`; None for no reference. Raises SecretRefused, never naming the value."""
    check(reference)
    if not reference:
        return None
    scheme, _, name = reference.partition(":")
    if scheme == "env":
        if name not in os.environ:
            raise SecretRefused(f"The secret {reference} is not set in the portal's environment.")
        return os.environ[name]
    path = settings.SECRETS_DIR / name
    if path.is_symlink() or not path.is_file():
        raise SecretRefused(f"The secret {reference} is not a plain file in the secrets folder (links are refused).")
    return path.read_text().strip()
