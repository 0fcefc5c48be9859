"""Following a secret's reference to its value, at the moment of use only."""

import os

from django.conf import settings

from portal.core.catalog.domain.systems import SystemRefused, check_secret


def resolve_secret(reference: str) -> str | None:
    """The secret behind `env:…` or `file:…`; None for no reference. Raises SystemRefused, never naming the value."""
    check_secret(reference)
    if not reference:
        return None
    scheme, _, name = reference.partition(":")
    if scheme == "env":
        if name not in os.environ:
            raise SystemRefused(f"The secret {reference} is not set in the portal's environment.")
        return os.environ[name]
    path = settings.SECRETS_DIR / name
    if path.is_symlink() or not path.is_file():
        raise SystemRefused(f"The secret {reference} is not a plain file in the secrets folder (links are refused).")
    return path.read_text().strip()
