"""Telling people of the matrix: who has to sign a proposal, and everybody named in a row that changed."""

from __future__ import annotations

import hashlib

from django.conf import settings

from portal.core.identity.models import User
from portal.core.notify.services import enqueue

from ..domain.changes import RowChange
from ..domain.matrix import LETTERS
from ..models import Proposal, Version
from ..notice_subjects import RACI
from ..selectors.directory import Directory, directory


def tell_signers(proposal: Proposal) -> int:
    """A mail to everybody who could sign it; how many."""
    demands = list(proposal.demands.all())
    known = directory({demand.holder for demand in demands})
    asked: dict[int, tuple[User, str]] = {}
    for demand in demands:
        for person in known[demand.holder].speakers:
            asked.setdefault(person.pk, (person, demand.label))
    rows = ", ".join(change.title for change in proposal.changes.all())
    for person, label in asked.values():
        lines = [
            f"{proposal.proposed_by.name} proposes to change who is responsible, accountable, consulted and informed:",
            f"{rows}.",
            f"Why: {proposal.reason}",
            f"Read it and sign as {label}: {settings.BASE_URL}{proposal.get_absolute_url()}",
        ]
        _post(
            person, f"To sign: {proposal} of the RACI", lines, f"raci:{proposal.pk}:sign", proposal.get_absolute_url()
        )
    return len(asked)


def tell_in_force(version: Version) -> int:
    """A mail to everybody named in a row that changed, before or after; not to posts of everybody."""
    changes = version.proposal.row_changes()
    known = directory(
        {seat.holder for each in changes for row in (each.before, each.after) if row for seat in row.seats}
    )
    told: dict[int, tuple[User, list[str]]] = {}
    for change in changes:
        for person in _people(change, known):
            told.setdefault(person.pk, (person, []))[1].append(_sentence(change, known))
    for person, sentences in told.values():
        where = f"{settings.BASE_URL}{version.get_absolute_url()}"
        lines = [f"{version} is in force.", *(f"- {each}" for each in sentences), where]
        _post(person, f"{version} is in force", lines, f"raci:version:{version.number}", version.get_absolute_url())
    return len(told)


def _people(change: RowChange, known: Directory) -> list[User]:
    holders = {seat.holder for row in (change.before, change.after) if row for seat in row.seats}
    return list(dict.fromkeys(person for holder in sorted(holders) for person in known[holder].people))


def _sentence(change: RowChange, known: Directory) -> str:
    if change.after is None:
        return f"{change.title} is taken out of the matrix."
    duties = (
        f"{letter.word} {', '.join(known[holder].label for holder in change.after.holders(letter))}"
        for letter in LETTERS
        if change.after.holders(letter)
    )
    return f"{change.title}: {'; '.join(duties)}."


def _post(person: User, subject: str, lines: list[str], key: str, path: str) -> None:
    to = hashlib.sha256(person.email.lower().encode()).hexdigest()[:20]
    enqueue(
        channel="email",
        address=person.email,
        subject=subject[:150],
        body="\n\n".join(lines),
        dedup_key=f"{key}:{to}",
        about=RACI,
        path=path,
    )
