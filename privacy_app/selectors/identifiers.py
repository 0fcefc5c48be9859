"""Identifiers masked for pages, and in clear for the services that erase them."""

from typing import Any

from privacy_app import matching, sealing
from privacy_app.domain import pseudonym
from privacy_app.keystore import KeyShredded
from privacy_app.models import Request, ResolvedIdentifier

GONE = "destroyed"


def hint_of(request: Request, kind: str, sealed: bytes | memoryview | None) -> str:
    """An identifier masked, for pages; says so when its key is destroyed."""
    if sealed is None:
        return GONE
    try:
        return pseudonym.hint(kind, _first(sealing.unseal(request.key_name, sealed)))
    except KeyShredded:
        return GONE


def plain_value(row: ResolvedIdentifier) -> str:
    """An identifier in clear, for the services that erase it. Pages use `services.unmask`, which is evidenced."""
    if row.sealed is None:
        raise KeyShredded("This identifier was destroyed at the end of the appeal window.")
    return _first(sealing.unseal(row.request.key_name, row.sealed))


def plain_spellings(row: ResolvedIdentifier) -> list[str]:
    """The identifier in clear in every way that systems may write it: its normal form first."""
    if row.sealed is None:
        raise KeyShredded("This identifier was destroyed at the end of the appeal window.")
    held = sealing.unseal(row.request.key_name, row.sealed)
    written = [str(each) for each in held] if isinstance(held, list) else [str(held)]
    return list(dict.fromkeys([*matching.spellings(row.kind, written[0]), *written]))


def _first(held: Any) -> str:
    """The normal form of what was sealed: a text, or a list that begins with it."""
    return str(held[0] if isinstance(held, list) else held)
