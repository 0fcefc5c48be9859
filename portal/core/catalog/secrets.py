"""The secrets of data systems, followed at the moment of use only."""

from portal.core.catalog.domain.systems import SystemRefused
from portal.core.secrets.reference import SecretRefused
from portal.core.secrets.resolving import resolve


def resolve_secret(reference: str) -> str | None:
    """The secret behind `env:…` or `file:…`; None for no reference. Raises SystemRefused, never naming the value."""
    try:
        return resolve(reference)
    except SecretRefused as error:
        raise SystemRefused(str(error)) from error
