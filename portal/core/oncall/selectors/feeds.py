"""The signed address of a person's calendar feed. It changes with their password, so a lost one can be made void."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from portal.core.identity.models import User

SALT = "portal.core.oncall.feed"


def key_of(person: User) -> str:
    """The last part of the address: the person's public id and a signature."""
    return _signer(person).sign(str(person.public_id))


def person_of(key: str) -> User | None:
    """Whose feed it is; None for a signature that is not good, or somebody who is no longer active."""
    try:
        person = User.objects.filter(public_id=key.partition(":")[0], is_active=True).first()
        if person is None:
            return None
        _signer(person).unsign(key)
    except (BadSignature, ValidationError):
        return None
    return person


def _signer(person: User) -> Signer:
    return Signer(salt=f"{SALT}:{salted_hmac(SALT, person.password, algorithm='sha256').hexdigest()}")
