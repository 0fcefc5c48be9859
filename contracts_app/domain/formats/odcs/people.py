"""Owner and on-call: a member of the team, and a channel of the support list.

What else the team or the list says is kept with a slot: the owner's entry without its `username`, the channel's without
its `channel`. The contract's own key fills the slot again, so that neither is ever written twice.
"""

from __future__ import annotations

from typing import Any

from contracts_app.domain.formats.odcs.names import Json, mapping, mappings, since

_OWNER: Json = {"role": "owner"}


def to_team(owner: Any, kept: Any, api: str) -> Any:
    """The team with the owner in it; an array before 3.1, an object since."""
    members = [_filled(item, "username", owner) for item in mappings(kept if isinstance(kept, list) else None)]
    if isinstance(kept, list):
        return [item for item in members if "username" in item]
    if isinstance(kept, dict):
        filled = [_filled(item, "username", owner) for item in mappings(kept.get("members"))]
        held = [item for item in filled if "username" in item]
        return {**kept, "members": held} if held else {key: kept[key] for key in kept if key != "members"}
    if not isinstance(owner, str):
        return None
    alone = [{"username": owner, **_OWNER}]
    return {"members": alone} if since(api, "v3.1.0") else alone


def from_team(team: Any, api: str) -> tuple[str | None, Any]:
    """The owner and what is kept."""
    members = team if isinstance(team, list) else mapping(team).get("members")
    if not isinstance(members, list):
        return None, team
    for at, member in enumerate(members):
        if isinstance(member, dict) and str(member.get("role", "")).lower() == "owner" and _is_text(member, "username"):
            slot = {key: value for key, value in member.items() if key != "username"}
            left = [*members[:at], slot, *members[at + 1 :]]
            plain = left == [_OWNER] and (isinstance(team, list) or team == {"members": members})
            if plain and isinstance(team, list) != since(api, "v3.1.0"):
                return member["username"], None
            return member["username"], left if isinstance(team, list) else {**team, "members": left}
    return None, team


def to_support(on_call: Any, kept: Any, api: str) -> list[Json] | None:
    """The support channels with the on-call channel among them; before 3.1 a channel needs an address of its own."""
    if isinstance(kept, list):
        filled = [_filled(item, "channel", on_call) for item in mappings(kept)]
        return [item for item in filled if "channel" in item] or None
    return [{"channel": on_call, **_issues(on_call)}] if isinstance(on_call, str) and since(api, "v3.1.0") else None


def from_support(support: Any) -> tuple[str | None, Any]:
    """The on-call channel, which is the first of scope `issues`, and what is kept."""
    if not isinstance(support, list):
        return None, support
    for at, item in enumerate(support):
        if isinstance(item, dict) and item.get("scope") == "issues" and _is_text(item, "channel"):
            slot = {key: value for key, value in item.items() if key != "channel"}
            left = [*support[:at], slot, *support[at + 1 :]]
            return item["channel"], None if left == [_issues(item["channel"])] else left
    return None, support


def _filled(item: Json, key: str, value: Any) -> Json:
    """A slot with its value in front; an entry that is none stays as it is."""
    return item if key in item or not isinstance(value, str) else {key: value, **item}


def _issues(channel: str) -> Json:
    tool = "slack" if channel.startswith("#") else "email" if "@" in channel else "other"
    return {"tool": tool, "scope": "issues"}


def _is_text(item: Json, key: str) -> bool:
    return isinstance(item.get(key), str) and bool(item[key].strip())
