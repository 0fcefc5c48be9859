"""The first lines of a contract about an asset that the catalog knows."""

from __future__ import annotations

import json
import re

from portal.core.catalog.selectors import assets

FIELDS = "\nschema:\n  id: {type: string, required: true}\n"


def starter_for(pk: str) -> str:
    """YAML with the asset's names, owner and tier filled in; empty where there is no such asset.

    What the catalog says is written as JSON strings, which YAML reads as they are, whatever they hold.
    """
    asset = assets().filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 10 else None
    if asset is None:
        return ""
    owner = json.dumps(asset.owner_team.name, ensure_ascii=False) if asset.owner_team else ""
    about = {"namespace": asset.namespace, "name": asset.name, "kind": asset.kind or "table"}
    about |= {"layer": asset.layer} if asset.layer else {}
    about |= {"tier": asset.tier, "tier_reason": asset.tier_reason} if asset.tier else {}
    listed = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in about.items() if value)
    head = ("version: 1.0.0", f"owner: {owner}".strip(), f"on_call: {owner}".strip(), "classification: none")
    return "\n".join((f"name: {_named(asset.name)}", *head, f"asset: {{{listed}}}", FIELDS))


def _named(name: str) -> str:
    """A contract's name from an asset's: its last part, in the characters that a name may have.

    >>> _named("estate.app.Customer Events")
    'customer_events_v1'
    """
    last = re.split(r"[./]", name)[-1]
    return f"{re.sub(r'[^a-z0-9]+', '_', last.lower()).strip('_') or 'contract'}_v1"
