"""Identifiers as tokens and hints: HMAC-SHA-256 (RFC 2104) under a key, never a plain hash.

E-mail addresses can be guessed, so their plain hash is as good as the address. Under a random key a token
says nothing without the key, and once the key is shredded nothing at all. Pure, so that a complainant who
brings the key of the done notice can repeat the computation with any HMAC tool.
"""

import hashlib
import hmac

from privacy_app import matching

PREFIX = "hmac-sha256:"


def normalise(kind: str, value: str) -> str:
    """The one form in which an identifier is compared, as the matching rule of its kind says.

    >>> normalise("email", " Dana@Example.COM ")
    'dana@example.com'
    """
    return matching.normal_form(kind, value)


def token(key: bytes, kind: str, value: str) -> str:
    """`hmac-sha256:` and 64 hex digits over `kind`, a zero byte and the normalised value, under `key`.

    >>> token(bytes(32), "email", "Dana@example.com") == token(bytes(32), "email", "dana@example.com")
    True
    """
    message = kind.encode() + b"\0" + normalise(kind, value).encode()
    return PREFIX + hmac.new(key, message, hashlib.sha256).hexdigest()


def hint(kind: str, value: str) -> str:
    """A masked form that lets its owner recognise the identifier and nobody else guess it.

    >>> hint("email", "dana@example.com"), hint("customer_id", "c_49102")
    ('d•••@e•••.com', 'c•••')
    """
    return matching.hint(kind, value)
