"""The eight roles of the house, as plain Python: what they are called and whether a team bounds them."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role that a person holds, for one team or for the whole organisation."""

    CONTRIBUTOR = "contributor"
    OWNER = "owner"
    CONSUMER = "consumer"
    ON_CALL = "on_call"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    HEAD_OF_DATA = "head_of_data"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role in words.

        >>> Role.HEAD_OF_DATA.label
        'head of data'
        >>> Role.ON_CALL.label
        'on-call engineer'
        """
        return "on-call engineer" if self is Role.ON_CALL else self.value.replace("_", " ")

    @property
    def of_a_team(self) -> bool:
        """Whether the role is held in one team; the other roles are held for the whole organisation.

        >>> Role.OWNER.of_a_team, Role.AUDITOR.of_a_team
        (True, False)
        """
        return self in TEAM_ROLES


TEAM_ROLES = frozenset({Role.CONTRIBUTOR, Role.OWNER, Role.CONSUMER, Role.ON_CALL})
