"""The promise of the mapping: nothing is lost either way, and who edits in between wins.

Both directions do the same thing. The natural mapping is made, mapped back, and compared with what it came from; what
differs travels as edits that name what they expect to find (`delta`): to ODCS in the customProperty `custody.export`,
from ODCS in `extensions.odcs.exact`. So export -> import gives the same canonical hash, and import -> export the same
document, by construction and not by enumeration of cases.
"""

from __future__ import annotations

from typing import Any

from contracts_app.domain.formats.delta import apply, difference
from contracts_app.domain.formats.odcs.names import EXPORT, Json, mapping, mappings
from contracts_app.domain.formats.odcs.natural import from_odcs, kept_of, to_odcs
from contracts_app.domain.formats.odcs.untyped import typed

_SAYS = "What Custody needs to read this document back to the same hash; other tools may ignore it."


def export(data: Json, *, api: str | None = None, status: str | None = None) -> Json:
    """The contract's data as an ODCS document of version `api`, by default the one it came in, else the newest.

    `status` is the portal's word for the version's state: it goes into the document, but is no part of the contract.
    """
    plain = _exact(data, api)
    extra = {"status": status} if status else {}
    if api and api != _exact(data, None)["apiVersion"]:
        extra["apiVersion"] = api
    residual = difference(_read(plain, extra.get("apiVersion")), data)
    if not residual and not extra:
        return plain
    note: Json = {"property": EXPORT, "description": _SAYS, "value": {}}
    if extra:
        note["value"]["as"] = extra
    if "status" in extra and "status" in plain:
        note["value"]["status"] = plain["status"]
    if residual:
        note["value"]["edits"] = residual
    return plain | extra | {"customProperties": [*plain.get("customProperties", []), note]}


def restore(odcs: Json) -> tuple[Json, list[Json]]:
    """The contract's data out of an ODCS document, and the edits of an earlier export that no longer fit."""
    plain, note = _split(typed(odcs))
    extra = {key: value for key, value in mapping(note.get("as")).items() if plain.get(key) == value}
    api = extra.get("apiVersion")
    if "status" in extra:
        plain = _with_status(plain, note)
    return apply(_read(plain, api), note.get("edits"))


def _read(plain: Json, api: str | None) -> Json:
    """The natural reading, with the edits that make the same document of it again."""
    data = from_odcs(plain, asked=api)
    left = difference(to_odcs(data, api=api), plain)
    if left:
        data.setdefault("extensions", {}).setdefault("odcs", {})["exact"] = left
    return data


def _exact(data: Json, api: str | None) -> Json:
    """The natural document after the edits that an import kept."""
    out, _ = apply(to_odcs(data, api=api), kept_of(data).get("exact"))
    return out if isinstance(out, dict) else {}


def _with_status(odcs: Json, note: Json) -> Json:
    """The document with the status that its author gave, if any, in place of the portal's."""
    plain = {key: value for key, value in odcs.items() if key != "status"}
    return plain | ({"status": note["status"]} if "status" in note else {})


def _split(odcs: Json) -> tuple[Json, Json]:
    """The document without the note of our export, and the note."""
    properties = odcs.get("customProperties")
    note: Any = next((item.get("value") for item in mappings(properties) if item.get("property") == EXPORT), None)
    if note is None or not isinstance(properties, list):
        return odcs, {}
    others = [item for item in properties if not (isinstance(item, dict) and item.get("property") == EXPORT)]
    plain = {key: value for key, value in odcs.items() if key != "customProperties"}
    return plain | ({"customProperties": others} if others else {}), mapping(note)
