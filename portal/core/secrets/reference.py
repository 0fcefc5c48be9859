"""What a reference to a secret looks like; plain Python."""

import re

ENV_REFERENCE = re.compile(r"env:CUSTODY_SECRET_[A-Z0-9_]{1,80}\Z")
FILE_REFERENCE = re.compile(r"file:[A-Za-z0-9][A-Za-z0-9._-]{0,100}\Z")


class SecretRefused(ValueError):
    """What stands where a reference should, or leads to no secret; the message never repeats a value."""


def check(reference: str) -> None:
    """Raise SecretRefused unless `reference` is empty, `env:CUSTODY_SECRET_…` or `file:NAME`.

    >>> check("file:lake.password")
    >>> check("hunter2")
    Traceback (most recent call last):
    ...
    portal.core.secrets.reference.SecretRefused: A secret is a reference, never a value: write \
env:CUSTODY_SECRET_NAME or file:NAME.
    """
    if reference and not (ENV_REFERENCE.match(reference) or FILE_REFERENCE.match(reference)):
        raise SecretRefused("A secret is a reference, never a value: write env:CUSTODY_SECRET_NAME or file:NAME.")
