"""An ODCS document, 3.0 to 3.2, in YAML or JSON, as a draft."""

from __future__ import annotations

from contracts_app.domain.formats.notes import FormatError, Imported
from contracts_app.domain.formats.odcs import lens
from contracts_app.domain.formats.odcs.names import VERSIONS
from contracts_app.domain.formats.odcs.reporting import notes_of
from contracts_app.domain.formats.reading import read_data
from contracts_app.formats.drafting import draft
from contracts_app.formats.odcs_model import check
from contracts_app.formats.registry import import_format


@import_format(
    "odcs",
    label="ODCS document",
    hint="Open Data Contract Standard 3.0 to 3.2, as YAML or JSON.",
    needs="text",
    detects=lambda _name, content: b"apiVersion" in content and b"DataContract" in content,
    order=20,
)
def from_odcs(content: bytes) -> Imported:
    """The draft of the document; what has no word of ours is kept under `extensions.odcs`."""
    odcs = read_data(content)
    if odcs.get("kind") != "DataContract":
        raise FormatError("This is no ODCS document: `kind: DataContract` is missing.")
    if odcs.get("apiVersion") not in VERSIONS:
        known = ", ".join(VERSIONS)
        raise FormatError(f"`apiVersion: {str(odcs.get('apiVersion'))[:40]}` is not read; known are {known}.")
    check(odcs)
    _check_names(odcs)
    data, skipped = lens.restore(odcs)
    return draft(data, notes_of(odcs, data, skipped), origin=f"an ODCS document of version {odcs['apiVersion']}")


def _check_names(odcs: dict[str, object]) -> None:
    """Two properties of one name would silently become one field."""
    stack = [("schema", odcs.get("schema"))]
    while stack:
        where, holders = stack.pop()
        for holder in holders if isinstance(holders, list) else []:
            properties = holder.get("properties") if isinstance(holder, dict) else None
            names = [item.get("name") for item in properties or [] if isinstance(item, dict)]
            for name in names:
                if not isinstance(name, str) or names.count(name) > 1:
                    raise FormatError(f"In {where}: each property needs a name of its own; look at `{str(name)[:60]}`.")
            stack.append((f"`{str(holder.get('name'))[:60]}`" if isinstance(holder, dict) else where, properties))
