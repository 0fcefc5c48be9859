"""What an import of ODCS says: what to add by hand, what is kept without being enforced, what was read another way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts_app.domain.formats.delta import Edit
from contracts_app.domain.formats.notes import ADD, KEPT, READ, Note
from contracts_app.domain.formats.odcs.names import Json, mapping, mappings
from contracts_app.domain.formats.odcs.untyped import untyped

_WHOLE = {
    "servers": "Servers", "roles": "Roles", "price": "The price", "context": "The context for machines",
    "authoritativeDefinitions": "Links to definitions", "domain": "The domain", "tenant": "The tenant",
    "dataProduct": "The data product", "slaDefaultElement": "The default element of SLAs",
    "contractCreatedTs": "The time of creation",
}  # fmt: skip
_MISSING = {
    "owner": "The document names no team member of role `owner`. Say who answers for the data.",
    "on_call": "The document has no support channel of scope `issues`. Say whom a breach wakes.",
    "classification": "ODCS has no word for the classification of a whole contract. Say for example `internal`.",
    "schema": "The document has no table, so the contract has no fields yet.",
}


def notes_of(odcs: Json, data: Json, skipped: list[Edit]) -> list[Note]:
    """Notes in the order: add, read, kept."""
    kept = mapping(mapping(data.get("extensions")).get("odcs"))
    return [*_missing(odcs, data, kept), *_read(odcs, data, skipped), *_kept(kept)]


def _missing(odcs: Json, data: Json, kept: Json) -> Iterator[Note]:
    for key, text in _MISSING.items():
        if not data.get(key):
            yield Note(ADD, key, text)
    classes = {
        name: left["classification"]
        for name, left in mapping(kept.get("fields")).items()
        if isinstance(left, dict) and "classification" in left
    }
    if classes:
        listed = ", ".join(f"`{name}` ({value})" for name, value in list(classes.items())[:5])
        text = (
            f"The document classifies {_count(len(classes), 'field')}: {listed}. Where it is about persons, add `pii`."
        )
        yield Note(ADD, "schema", text)
    server = next(iter(mappings(odcs.get("servers"))), None)
    if server and "asset" not in data:
        name = f"{server.get('type', 'custom')} `{server.get('server', '')}`"
        yield Note(ADD, "asset", f"The data lies on {name}. Add `asset:` with its namespace and name in the catalog.")


def _read(odcs: Json, data: Json, skipped: list[Edit]) -> Iterator[Note]:
    if odcs.get("name") != data["name"]:
        yield Note(READ, "name", f"The contract is called `{data['name']}` here, which is a name of the house format.")
    if str(odcs.get("version")) != data["version"]:
        said = f"Version `{odcs.get('version')}` is not a semantic version; it is read as {data['version']}."
        yield Note(READ, "version", said)
    names = untyped(odcs)
    if names:
        listed = ", ".join(f"`{name}`" for name in names[:5])
        yield Note(
            READ, "schema", f"{_count(len(names), 'property')} without `logicalType` ({listed}): read from the rest."
        )
    if isinstance(odcs.get("status"), str):
        yield Note(READ, "status", f"Status `{odcs['status']}` is kept, but every import starts as a draft here.")
    for edit in skipped[:10]:
        path = ".".join(map(str, edit["path"]))
        yield Note(READ, path, f"`{path}` was edited since Custody exported it; the value in the ODCS document counts.")


def _kept(kept: Json) -> Iterator[Note]:
    for key, word in _WHOLE.items():
        if key in kept:
            yield Note(KEPT, f"extensions.odcs.{key}", f"{word}: kept and hashed, not enforced.")
    tables = mappings(kept.get("tables"))
    if tables:
        names = ", ".join(f"`{table.get('name')}`" for table in tables[:5])
        more = _count(len(tables), "more table")
        text = f"A contract here is about one table. {more} ({names}): kept, hashed, not checked."
        yield Note(KEPT, "extensions.odcs.tables", text)
    checks = sum(1 for _ in _checks(kept))
    if checks:
        text = f"{_count(checks, 'quality check')}: kept, not run here. Write what must hold as `slos.accuracy_rules`."
        yield Note(KEPT, "extensions.odcs", text)
    agreed = [str(item.get("property")) for item in mappings(kept.get("slaProperties")) if "value" in item]
    if agreed:
        text = f"SLAs without an SLO of this format ({', '.join(agreed[:8])}): kept, not measured."
        yield Note(KEPT, "extensions.odcs.slaProperties", text)
    fields = [name for name, left in mapping(kept.get("fields")).items() if left]
    if fields:
        text = (
            f"Details of {_count(len(fields), 'field')} (physical types, keys, labels, links …): kept by their names."
        )
        yield Note(KEPT, "extensions.odcs.fields", text)


def _checks(holder: Any) -> Iterator[Any]:
    for left in [mapping(holder.get("table")), *mapping(holder.get("fields")).values()]:
        if isinstance(left, dict):
            yield from mappings(left.get("quality"))
            if "fields" in left:
                yield from _checks({"fields": left["fields"]})


def _count(number: int, word: str) -> str:
    plural = word[:-1] + "ies" if word.endswith("y") else f"{word}s"
    return f"{number} {word if number == 1 else plural}"
