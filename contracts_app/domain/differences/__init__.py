"""What two versions promise differently, one module a subject; each yields graded changes."""

from __future__ import annotations

from collections.abc import Iterator

from contracts_app.domain.changes import Change
from contracts_app.domain.differences import fields, people, privacy, rules, slos, unknown
from contracts_app.domain.model import Document


def differences(old: Document, new: Document) -> Iterator[Change]:
    """Every change from `old` to `new`, in the order in which a contract is read."""
    yield from people.asset(old, new)
    yield from people.people(old, new)
    yield from privacy.promises(old, new)
    yield from fields.fields(old, new)
    yield from slos.slos(old, new)
    yield from rules.rules(old, new)
    yield from people.windows(old, new)
    yield from privacy.deletion(old, new)
    yield from people.consumers(old, new)
    yield from unknown.unknown(old, new)
