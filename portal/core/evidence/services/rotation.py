"""A new signing key: announced under the old one, so that whoever trusts the old key can find the new one alone.

The entry that names the new key is numbered and signed by the old key before the old key goes; its checkpoint is the
bridge. Old bundles stay checkable with the old fingerprint, and consistency proofs lead across.
"""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.db import transaction

from portal.core.evidence import keys
from portal.core.evidence.actors import Actor
from portal.core.evidence.evidence_kinds import KEY_ROTATED
from portal.core.evidence.models import Entry
from portal.core.evidence.services.recording import record
from portal.core.evidence.services.sequencing import sequence_all


class RotationRefused(RuntimeError):
    """The key is not changed; the sentence says why and what to do."""


def rotate(*, actor: Actor) -> tuple[str, str]:
    """Make a new key under VAR_DIR, announce it, put it in place and destroy the old one: (old, new) fingerprints.

    Safe to call again after a crash at any point: a new key that was announced is the one that is put in place.
    Raises RotationRefused where the key comes from EVIDENCE_KEY_FILE, which is the operator's to replace.
    """
    if settings.EVIDENCE_KEY_FILE:
        raise RotationRefused(
            "EVIDENCE_KEY_FILE names the key: announce the new one with --announce NEW.pem, then put it in its place."
        )
    old, place = keys.server_key(), keys.default_path()
    coming = place.with_name(place.name + ".next")
    keys.make(coming)
    new = announce(coming, actor=actor)
    kept = os.open(place, os.O_RDWR)
    coming.replace(place)
    _overwrite(kept)
    sequence_all()
    return keys.fingerprint(old.public), new


def announce(path: Path, *, actor: Actor) -> str:
    """Name the key of a PEM file in the ledger, under a checkpoint by the present key; its fingerprint."""
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise RotationRefused("The file holds no readable key. Make one: openssl genpkey -algorithm ed25519") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise RotationRefused("The new key is not an Ed25519 key. Make one: openssl genpkey -algorithm ed25519")
    new = keys.ServerKey(private, settings.EVIDENCE_ORIGIN)
    _record(keys.server_key(), new, actor)
    sequence_all()
    return keys.fingerprint(new.public)


@transaction.atomic
def _record(old: keys.ServerKey, new: keys.ServerKey, actor: Actor) -> None:
    if old.public == new.public:
        raise RotationRefused("That is the key which signs already: make another.")
    payload = {"old": old.key_id, "new": new.key_id, "fingerprint": keys.fingerprint(new.public)}
    if not Entry.objects.filter(kind=KEY_ROTATED.name, payload__contains=payload).exists():
        record(KEY_ROTATED, actor=actor, payload=payload)


def _overwrite(handle: int) -> None:
    """The old private key's bytes, replaced by random ones of the same length."""
    with os.fdopen(handle, "r+b") as file:
        size = os.fstat(file.fileno()).st_size
        file.write(os.urandom(size))
        file.flush()
        os.fsync(file.fileno())
