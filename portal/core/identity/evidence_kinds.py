"""What the ledger records about people and access."""

from __future__ import annotations

from portal.core.evidence.kinds import declare

PERSON_ADDED = declare("identity:person:added", fields=("person",), sentence="{actor} added the person {person}.")
TEAM_ADDED = declare("identity:team:added", fields=("team",), sentence="{actor} added the team {team}.")
ROLE_GIVEN = declare(
    "identity:role:given",
    fields=("person", "role", "team"),
    sentence="{actor} gave {person} the role {role} in {team}.",
)
ROLE_TAKEN = declare(
    "identity:role:taken",
    fields=("person", "role", "team"),
    sentence="{actor} took the role {role} in {team} from {person}.",
)
TOKEN_ISSUED = declare(
    "identity:token:issued",
    fields=("token", "scopes", "namespaces", "expires"),
    sentence="{actor} issued the service token {token} for {scopes}, namespaces {namespaces}, until {expires}.",
)
TOKEN_ASSIGNED = declare(
    "identity:token:assigned",
    fields=("token", "team"),
    sentence="{actor} made the service token {token} belong to {team}.",
)
TOKEN_REVOKED = declare(
    "identity:token:revoked", fields=("token",), sentence="{actor} revoked the service token {token}."
)
PASSKEY_ADDED = declare(
    "identity:passkey:added", fields=("credential", "key"), sentence="{actor} added the passkey {credential}."
)
PASSKEY_REMOVED = declare(
    "identity:passkey:removed", fields=("credential",), sentence="{actor} removed the passkey {credential}."
)
