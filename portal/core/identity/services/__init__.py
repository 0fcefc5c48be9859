"""The writes of identity: one function each, with its evidence entry and its event in the same transaction."""

from portal.core.identity.services.machines import machine_user
from portal.core.identity.services.people import add_person, add_team
from portal.core.identity.services.roles import give_role, take_role
from portal.core.identity.services.tokens import assign_token, issue_token, revoke_token

__all__ = [
    "add_person",
    "add_team",
    "assign_token",
    "give_role",
    "issue_token",
    "machine_user",
    "revoke_token",
    "take_role",
]
