"""What the consumers of a version said: one standing a team, the latest answer counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts_app.domain.answers import Said
from contracts_app.domain.lifecycle import State
from contracts_app.models import Answer, Version
from contracts_app.selectors.history import days_of_notice
from contracts_app.selectors.names import consumers_of, names_of
from contracts_app.selectors.parties import Party
from portal.core.identity.policies import Act, may

_MARKS = {
    Said.ACCEPTED: ("Accepted", "ok"),
    Said.OBJECTED: ("Objects", "bad"),
    Said.WITHDRAWN: ("Objection withdrawn", "info"),
    Said.OVERRULED: ("Overruled", "warn"),
    Said.NOTIFIED: ("Notified", "info"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One consumer of a version: who it is, and all that it answered, oldest first."""

    consumer: str
    purpose: str
    team: Any
    history: tuple[Answer, ...]

    @property
    def latest(self) -> Answer | None:
        """The answer that counts."""
        return self.history[-1] if self.history else None

    @property
    def objects(self) -> bool:
        """Whether the consumer holds the version back."""
        return self.latest is not None and self.latest.word is Said.OBJECTED

    @property
    def mark(self) -> tuple[str, str]:
        """The state's word and its kind."""
        return _MARKS[self.latest.word] if self.latest else ("No answer yet", "wait")


def answers_of(version: Version) -> list[Standing]:
    """Every consumer that the version asks, each team once, in the order of the contract."""
    teams = names_of(version).teams
    given: dict[Any, list[Answer]] = {}
    since = version.ending_asked_at  # once the contract is to end, what was said before is about something else
    for answer in (each for each in version.answers.all() if since is None or each.at >= since):
        given.setdefault(answer.team_id or answer.consumer, []).append(answer)
    found: dict[Any, Standing] = {}
    for named in consumers_of(version):
        team = teams.get(named.text)
        key = team.pk if team else named.text
        history = given.get(key, []) or given.get(named.text, [])
        found.setdefault(key, Standing(named.text, named.purpose, team, tuple(history)))
    return list(found.values())


def answers_are_asked(version: Version) -> bool:
    """Whether consumers are asked: it is on its way and its change has a notice, or it ends without a successor."""
    if version.state == State.ACTIVE:
        return version.ends_at is not None
    if version.state == State.SCHEDULED:
        return version.notice_ends_at != version.signed_at
    return version.state == State.PROPOSED and days_of_notice(version) > 0


def consuming(user: Any, version: Version) -> list[Standing]:
    """The consumers of the version for which this person speaks, whether it asks them now or not."""
    named = [one for one in answers_of(version) if one.team is not None]
    return [one for one in named if may(user, Act.ANSWER_CONTRACT, Party(one.team.pk, one.team.name))]


def answering(user: Any, version: Version) -> list[Standing]:
    """The consumers for which this person may answer now."""
    return consuming(user, version) if answers_are_asked(version) else []
