"""What happened to a contract, told from its rows: what people did with it, and what the clock did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts_app.domain.lifecycle import State
from contracts_app.models import Contract, Version


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; `entry` is the number of its evidence entry, where one is known."""

    at: datetime
    text: str
    version: Version | None = None
    entry: int | None = None
    note: str = ""


def history_of(contract: Contract) -> list[Happening]:
    """Everything that happened to the contract, newest first."""
    related = ("created_by", "proposed_by")
    found = contract.versions.select_related(*related).prefetch_related(
        "signatures__user", "signatures__signature", "answers__user", "answers__team"
    )
    told = [one for version in found.defer("authored", "data") for one in _of_version(version)]
    for waiver in contract.waivers.select_related("signer").filter(signed_at__isnull=False):
        text = f"{waiver.signer.name} waived {waiver.rule} until {waiver.expires_at:%Y-%m-%d}."
        told.append(Happening(waiver.signed_at, text, note=waiver.reason))
    return sorted(told, key=lambda one: one.at, reverse=True)


def _of_version(version: Version) -> Iterator[Happening]:
    number = version.number or "a draft"
    yield Happening(version.created_at, f"{version.created_by.name} began {number}.", version)
    if version.proposed_at and version.proposed_by:
        bump = version.report.get("required_bump")
        what = f", a {bump.upper()} change" if bump else ", the first version"
        yield Happening(version.proposed_at, f"{version.proposed_by.name} proposed {number}{what}.", version)
    for link in version.signatures.all():
        text = f"{link.user.name} signed {number} as {link.role}{', void now' if link.voided_at else ''}."
        entry = getattr(link.signature, "entry_id", None)
        how = link.signature.strength.partition(":")[0]  # what it is not is said beside the signatures
        yield Happening(link.signature.signed_at, text, version, entry, how)
    for answer in version.answers.all():
        who = answer.user.name if answer.user else "The clock"
        yield Happening(
            answer.at, f"{who}: {answer.team or answer.consumer} {answer.said} {number}.", version, None, answer.reason
        )
    yield from _by_the_clock(version, number)


def _by_the_clock(version: Version, number: str) -> Iterator[Happening]:
    if version.signed_at:
        notice = version.notice_ends_at
        until = f"; its notice ends {notice:%Y-%m-%d %H:%M} UTC" if notice and notice != version.signed_at else ""
        yield Happening(version.signed_at, f"{number} is fully signed{until}.", version)
    if version.activated_at:
        yield Happening(version.activated_at, f"{number} came into force.", version)
    if version.ended_at and version.state == State.RETIRED:
        yield Happening(version.ended_at, f"{number} was retired.", version)
    if version.ended_at and version.state == State.WITHDRAWN:
        yield Happening(version.ended_at, f"{number} was withdrawn.", version, note=version.withdrawn_reason)
