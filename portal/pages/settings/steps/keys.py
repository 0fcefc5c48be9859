"""Whether the keys without which nothing can be proved, or read, lie somewhere else as well."""

from __future__ import annotations

import hashlib

from django.conf import settings

from portal.core.evidence import keys
from portal.pages.settings.attesting import newest_statement
from portal.pages.settings.registry import Stand, done, step, to_do

WHO = "The operator of the host; an administrator states it"


def _server_key() -> str:
    return keys.fingerprint(keys.server_key().public)


def _secret_key() -> str:
    """A name for the secret that says nothing of it: the portal's own data cannot be opened without it."""
    secret = hashlib.sha256(b"custody settings " + settings.SECRET_KEY.encode()).hexdigest()
    return f"sha256:{hashlib.sha256(secret.encode()).hexdigest()}"


def _stated(key: str, about: str) -> Stand:
    """Done where somebody stated it about what is in use now."""
    said = newest_statement(key)
    if said is None:
        return to_do("Nobody has stated that a copy lies elsewhere.")
    if said.payload["about"] != about:
        return to_do("It was stated about a key that is no longer in use: copy the new one.")
    return done("A copy lies elsewhere, somebody stated.", said.created_at)


@step(
    "server-key",
    title="Keep a copy of the signing key",
    why="Checkpoints, proofs and bundles are signed by it, and auditors know it.",
    url="settings:attest",
    label="State that it is copied",
    who=WHO,
    order=10,
    attests=_server_key,
)
def server_key() -> Stand:
    """By the fingerprint of the key in use."""
    return _stated("server-key", _server_key())


@step(
    "secret-key",
    title="Keep a copy of the secret key",
    why="One-time codes, waiting letters and identifiers are sealed under it: a restored database needs it.",
    url="settings:attest",
    label="State that it is copied",
    who=WHO,
    order=11,
    attests=_secret_key,
)
def secret_key() -> Stand:
    """By a digest that nobody can turn back."""
    return _stated("secret-key", _secret_key())
